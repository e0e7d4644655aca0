"""The kernel of the decision with one thing in it changed: every comparison, every `and`, every side left out."""

import ast
import copy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
KERNEL = ("skills/decision.py", "skills/belonging.py")
CARRYING = {"told", "plain", "read"}  # how it is written down who belongs where, which decides nothing
_OTHER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SAID = {"full": "outline", "outline": "full", "model": "quotes", "quotes": "model", "review": "auto", "auto": "review"}


def mutants() -> Iterator[tuple[str, ModuleType]]:
    """(where and what, the kernel with it): each in its own module, the other file of the kernel beside it."""
    for name in KERNEL:
        text = (ROOT / name).read_text(encoding="utf-8")
        for number in range(_count(ast.parse(text))):
            tree = ast.parse(text)
            said = _change(tree, number)
            yield f"{name}:{said}", _load(name, tree)


def _count(tree: ast.Module) -> int:
    return sum(1 for node in _bodies(tree) for _ in _changes(node))


def _bodies(tree: ast.Module) -> list[ast.AST]:
    """What the functions do, without what they are annotated with."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name not in CARRYING]
    return [node for function in functions for part in function.body for node in ast.walk(part)]


def _changes(node: ast.AST) -> Iterator[tuple[str, str, object]]:
    """(what, which field of the node becomes, what) for each single change to a node."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _OTHER:
        yield "compare", "ops", [_OTHER[type(node.ops[0])](), *node.ops[1:]]
    if isinstance(node, ast.BoolOp):
        yield "and/or", "op", ast.Or() if isinstance(node.op, ast.And) else ast.And()
        nothing = ast.Constant(isinstance(node.op, ast.And))
        for n in range(len(node.values)):
            yield f"without {n}", "values", [nothing if m == n else value for m, value in enumerate(node.values)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.Add):
        yield "operator", "op", ast.BitOr() if isinstance(node.op, ast.BitAnd) else ast.Sub()
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "without not", "op", ast.UAdd()
    if isinstance(node, ast.IfExp | ast.If):
        yield "if not", "test", ast.UnaryOp(ast.Not(), node.test)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in _CALLED:
            yield "function", "func", ast.Name(_CALLED[node.func.id], ast.Load())
        if node.func.id == "replace":
            for n, keyword in enumerate(node.keywords):
                yield f"without {keyword.arg}", "keywords", [k for m, k in enumerate(node.keywords) if m != n]
    if isinstance(node, ast.Constant) and node.value in _SAID:
        yield f"not {node.value}", "value", _SAID[str(node.value)]


def _change(tree: ast.Module, number: int) -> str:
    found = [(node, *change) for node in _bodies(tree) for change in _changes(node)]
    node, what, field, value = found[number]
    assert isinstance(node, ast.expr | ast.stmt)
    line = f"{node.lineno} {what}: {ast.unparse(node)[:90]}"
    setattr(node, field, copy.deepcopy(value))
    ast.fix_missing_locations(tree)
    return line


def _load(name: str, tree: ast.Module) -> ModuleType:
    """`skills.decision`, made of this tree or standing on it."""
    if name != KERNEL[0]:
        belonging = _module(tree, "mutated_belonging")
        kernel = ast.parse((ROOT / KERNEL[0]).read_text(encoding="utf-8"))
        decision = _module(kernel, "mutated_decision")
        decision.__dict__["belong"] = belonging.__dict__["belong"]
        return decision
    return _module(tree, "mutated_decision")


def _module(tree: ast.Module, name: str) -> ModuleType:
    module = ModuleType(name)
    sys.modules[name] = module  # its dataclasses look for it there
    exec(compile(tree, name, "exec"), module.__dict__)  # our own text
    return module
