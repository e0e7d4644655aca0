"""How often one owner's double answers in a day: for one asker, and for all together, counted from its answers."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from skills import tables as t
from skills.rules import sql_most

A_DAY = timedelta(days=1)
FOR_ONE = 20
FOR_ALL = 100


def had(
    owner: ColumnElement[str] | str, asker: ColumnElement[str] | str, now: ColumnElement[datetime] | datetime
) -> ColumnElement[int]:
    """How many answers of an owner's double one asker had within a day."""
    a = t.answer.c
    return (
        select(func.count()).where(a.owner == owner, a.asker == asker, a.asker != owner, a.at > now - A_DAY)
    ).scalar_subquery()


def left(owner: ColumnElement[str], asker: ColumnElement[str], now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether an owner's double may answer this asker once more within a day; owners ask their own as they like.

    Answers are counted, because questions without one are kept nowhere; for who decides twice, under the owner's lock.
    """
    a = t.answer.c
    theirs = func.count().filter(a.asker == asker)
    lately = and_(a.owner == owner, a.asker != owner, a.at > now - A_DAY)
    to_one, a_day = sql_most("answers_to_one", FOR_ONE), sql_most("answers_a_day", FOR_ALL)
    within = select(and_(theirs < to_one, func.count() < a_day)).where(lately).scalar_subquery()
    return or_(asker == owner, within)
