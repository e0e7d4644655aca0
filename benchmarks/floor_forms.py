"""The same question in other forms: about somebody else, put to somebody, politely, in lower case, with a slip.

The floor must make nothing of any of it. What is taught and what is judged are about people of different names.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from skills.meaning import language

# Who the questions of the sets are about.
_LATIN = """Ana Bo Carla Dana Joe Kim Lena Mei Nina Omar Pavel Priya Raj Sam Tom Viktor Fatima Yuki Hassan Ines
    Olga Diego Amara Luca Sofia Wei Edwin Pascal Freya Nikhil Kasia Gustav Tamsin Bogdan Hilda Lionel
    Sergei Jesper Ursula Darya Winnie Zubair""".split()
_HAN = """李梅 阿波 小陈 老张 小刘 王总 孙姐 何工 老周 小赵 小孙 小李 王姐 老孟 小徐 阿珍 吴工 林总 德明 马丽 老郑 小韩
    阿敏 文博 钱工 雅婷 小温 阿冉 老庄""".split()

_TITLES = ("工", "总", "姐", "哥", "老师", "经理")
_BEFORE = {
    "zh": ("问一下 %s，", "%s，", "问问%s ", "%s ", "@%s "),
    "en": ("ask %s ", "%s, ", "%s ", "ask %s: ", "@%s "),
}
_POLITELY = {
    "zh": ("请问", "想问下，", "帮忙看看", "哎，", "你好，"),
    "en": ("hi, ", "please, ", "could you tell me ", "just wondering, ", "hey "),
}


@dataclass(frozen=True, slots=True)
class Names:
    """Of whom questions may be."""

    latin: Sequence[str]
    family: str
    given: str

    def one(self, dice: random.Random, tongue: str) -> str:
        """A name of anybody, as colleagues say it."""
        if tongue == "zh" and dice.random() < 0.65:
            return self._han(dice)
        name = dice.choice(self.latin)
        return name.lower() if dice.random() < 0.3 else name

    def _han(self, dice: random.Random) -> str:
        kind, family, given = dice.random(), dice.choice(self.family), dice.choice(self.given)
        if kind < 0.3:
            return dice.choice("老小阿大") + family
        if kind < 0.5:
            return family + dice.choice(_TITLES)
        if kind < 0.6:
            return dice.choice("阿小") + given
        return ("" if kind < 0.8 else family) + given + (dice.choice(self.given) if kind < 0.9 else "")


TAUGHT = Names(
    """Alice Ben Chloe Daniel Elena Farid Grace Henry Irene Jack Karin Liam Maya Noah Paula Quentin Rosa
    Steve Tara Umar Vera Will Xenia Yusuf Zoe Andrei Birgit Chen Dmitri Esra Giulia Hiro Jin Kofi Leila
    Marek Nadia Oskar Petra Rahul Sven Thandi Ulla Wen Yan Zhang Li Anders Bianca Hugo Aaron Abigail
    Ahmed Aisha Alex Amir Andrea Anita Anton Arjun Aya Beatriz Bella Bruno Carlos Cecilia Cem Chris
    Clara Conor Cristina David Deepa Denis Divya Eda Eduardo Emil Emma Erik Eva Fabian Felipe Finn Frank
    Gabriel George Gita Hana Harry Helen Ibrahim Igor Isabel Ivan James Jana Jean Johan Julia Kai Karim
    Kate Kevin Kumar Lars Laura Leon Lili Lucas Magda Maria Mark Mehmet Mia Mike Min Mohamed Nick Nils
    Oliver Pablo Paul Peter Qiang Rachel Robert Ruth Sanjay Sara Sean Simon Stefan Suresh Tina Tomas Uma
    Victor Wang Xiao Ying Zara Zofia""".split(),
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马苗方俞任袁柳史唐薛雷贺倪汤罗郝安常于傅卞"
    "齐康伍余顾孟黄和萧尹姚邵湛汪毛贝明成戴宋庞熊纪舒屈项董梁杜阮闵季贾路江郭梅林钟徐邱高夏蔡田樊胡凌霍万柯卢莫房丁邓洪",
    "伟芳娜敏静强磊军洋勇艳杰涛明超霞平刚丹玲鹏宇浩轩琪欣怡晨昊睿雪梦婷颖佳慧博文凯旭峰云飞龙莉倩蕾琳瑶悦彤萌诗涵桐嘉豪俊天泽志远",
)
JUDGED = Names(
    """Adele Caleb Imran Morgan Ottilie Renata Valentin Yara Torsten Mirela Anselm Odette Ruben Signe Tadeo
    Vesna""".split(),
    "欧屠费糜晏聂娄柴阎解耿满匡翟佟",
    "冉璇骁焱芷茉沁樾砚澄",
)


def of_another(question: str, names: Names, dice: random.Random) -> str:
    """About somebody else, where it is about somebody of a name."""
    tongue = language(question)
    for name in _HAN:
        question = question.replace(name, f"\0{names.one(dice, tongue)}\0")
    for name in _LATIN:
        known = re.compile(rf"(?<![A-Za-z\0]){name}(?![A-Za-z\0])", re.IGNORECASE)
        question = known.sub(lambda _: f"\0{names.one(dice, tongue)}\0", question)
    return question.replace("\0", "")


def put_otherwise(question: str, names: Names, dice: random.Random) -> str:
    """About somebody else; now and then put to a third, politely, without its mark, in lower case, with a slip."""
    tongue, how = language(question), dice.random()
    question = of_another(question, names, dice)
    if how < 0.35:
        question = dice.choice(_BEFORE[tongue]) % names.one(dice, tongue) + question
    elif how < 0.5:
        question = dice.choice(_POLITELY[tongue]) + question
    if dice.random() < 0.4:
        question = question.rstrip("？?") + dice.choice(("", "？" if tongue == "zh" else "?"))
    if tongue == "en" and dice.random() < 0.2:
        question = question.lower()
    if tongue == "en" and len(question) > 12 and dice.random() < 0.08:
        at = dice.randrange(3, len(question) - 2)
        question = question[:at] + question[at + 1] + question[at] + question[at + 2 :]
    return question
