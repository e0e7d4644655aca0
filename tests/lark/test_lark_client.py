"""The real SDK's client against the platform's side, over real sockets: what goes in, what comes out."""

from adapters.base import Message


async def test_a_mention_is_heard(company, inbox):
    """What is said to the bot in a group arrives as a message to it."""
    async with company.listening(inbox) as lark:
        message = await company.simulator.say("ou_ana", "oc_ops", "@分身 你好", mentions=["bot"])
        event = await inbox.next()
        assert isinstance(event, Message)
        print(event, lark.state)
        d = company.simulator.gateway.deliveries[-1]
        print(await d.ack)
