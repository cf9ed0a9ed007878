"""What every page of the review is made with: answers, what was posted, and the way to sign in.

Whoever adds a section to the review room (a page of another kind of doubt) registers its routes in a Datasette plugin of its own, through
:func:`guarded`, answers with :func:`answer_page` from a template that extends ``_granska.html``, and appends a
:class:`~pipeline.review.access.Section` to ``Room.sections``, which puts it beside the queue on every page of the room.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from datasette.utils.asgi import Response

from pipeline.datasette.metadata import DATABASE
from pipeline.review.access import SignInNeededError, room
from pipeline.review.ledger import CollisionError, DecisionError
from pipeline.review.page import local_time

View = Callable[[Any, Any], Awaitable[Response]]


async def answer_page(datasette: Any, request: Any, template: str, context: dict[str, Any], *, status: int = 200) -> Response:
    """A page of the review, which no cache keeps. ``who`` in the context is the visitor, where there is one."""
    shown = {"last": None, "kept": [], "local_time": local_time, "sections": [], **context}
    if context.get("who") is not None and (sections := room(datasette).sections):

        def read(connection: Any) -> list[dict[str, Any]]:
            return [{"path": s.path, "label": s.label, "count": s.count(connection) if s.count else None} for s in sections]

        shown["sections"] = await datasette.get_database(DATABASE).execute_fn(read)
    body = await datasette.render_template(template, shown, request=request)
    return Response.html(body, status=status, headers={"cache-control": "no-store"})


def redirect(path: str, headers: dict[str, str] | None = None) -> Response:
    """The way to another page, after something was posted."""
    return Response("", status=303, headers={"location": path, "cache-control": "no-store", **(headers or {})})


def own_path(path: str) -> str:
    """A path of this server, whatever was given: never an address of another."""
    parts = urlsplit(path)
    ours = path.startswith("/") and not path.startswith("//") and not parts.scheme and not parts.netloc
    return path if ours and "\\" not in path and path.isprintable() else "/-/granska"


async def posted(request: Any) -> dict[str, list[str]]:
    """The fields of a posted form; each may come several times."""
    body = await request.post_body()
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=2000)


def first(typed: dict[str, list[str]], name: str) -> str:
    """A field of a form, or nothing."""
    return typed.get(name, [""])[0]


def arguments(request: Any) -> dict[str, str]:
    """The query of an address."""
    return {key: request.args[key] for key in request.args}


def whole_number(text: str | None) -> int:
    """A whole number of at most eleven digits, or 0."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 12 else 0


def quiet(act: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Datasette's writer prints every exception to the console; a refused decision is an answer, not a fault: see :class:`Refused`."""

    def run(connection: Any) -> Any:
        try:
            return act(connection)
        except (CollisionError, DecisionError) as error:
            return Refused(error)

    return run


class Refused:
    """A refusal on its way back from the writing thread."""

    def __init__(self, error: CollisionError | DecisionError) -> None:
        self.args = (error,)


def guarded(view: View) -> View:
    """The page, or the way to sign in and back."""

    async def answer(datasette: Any, request: Any) -> Response:
        try:
            return await view(datasette, request)
        except SignInNeededError:
            return redirect(f"/-/logga-in?till={quote(request.full_path)}")

    return answer
