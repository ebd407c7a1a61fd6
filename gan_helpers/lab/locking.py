"""One thing at a time: a notebook answers views in another thread."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from gan_helpers.lab.engine import Lab

Method = TypeVar("Method", bound=Callable)


def locked(method: Method) -> Method:
    """Hold the `lock` of a method's object while the method runs."""

    @functools.wraps(method)
    def with_lock(self: "Lab", *args: Any, **kwargs: Any) -> Any:
        with self.lock:
            return method(self, *args, **kwargs)

    return cast(Method, with_lock)
