"""Classes of named facts: what dataclasses makes, without the time that it takes.

dataclasses loads inspect, and writes and compiles half a dozen functions for every class, which was
half of a start of the command line. Here all classes share a few functions. To a type checker it
is dataclasses. For a like reason, what a start loads imports typing for type checkers alone.
"""

# What type checkers take for typing.TYPE_CHECKING.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from dataclasses import dataclass as record
    from dataclasses import field, replace
else:

    class _Missing:
        """Where a field has no default: the function that makes one, or None."""

        def __init__(self, default_factory=None):
            self.default_factory = default_factory

    field = _Missing

    class _Fields:
        """By which dataclasses' own functions (replace, asdict, fields) know a record."""

        def __get__(self, _facts, kind):
            import dataclasses

            described = [
                (name, object, dataclasses.field(**_describe_default(default)))
                for name, default in kind._field_defaults.items()
            ]
            return dataclasses.make_dataclass(kind.__name__, described).__dataclass_fields__

    def _describe_default(default):
        if not isinstance(default, _Missing):
            return {"default_factory": lambda: default}
        return {"default_factory": default.default_factory} if default.default_factory else {}

    def record(kind=None, /, *, frozen=False, eq=True, kw_only=False):  # noqa: ARG001  # as said
        """Give a class a constructor, and comparison and hash where wanted, by its annotations.

        A type checker alone minds `kw_only`.
        """
        if kind is None:
            return lambda kind: record(kind, frozen=frozen, eq=eq)
        defaults = dict(getattr(kind, "_field_defaults", {}))
        for name, annotation in kind.__annotations__.items():
            if not str(annotation).startswith("ClassVar"):
                defaults[name] = kind.__dict__.get(name, _Missing())
        kind._field_defaults = defaults
        kind.__match_args__ = tuple(defaults)
        kind.__dataclass_fields__ = _Fields()
        kind._has_check = hasattr(kind, "__post_init__")
        kind.__init__, kind.__repr__ = _init, _repr
        if eq:
            kind.__eq__, kind.__hash__ = _eq, _hash if frozen else None
        if frozen:
            kind.__setattr__ = kind.__delattr__ = _refuse
        return kind

    def replace(facts, /, **changes):
        """The same with some other values."""
        old = zip(facts.__match_args__, _values(facts), strict=True)
        return type(facts)(**dict(old) | changes)

    def _init(self, *values, **named):
        kind = type(self)
        # Past __setattr__, which a frozen one refuses.
        facts = self.__dict__
        facts.update(zip(kind.__match_args__, values))  # noqa: B905  # counted right below
        if named:
            facts.update(named)
        if named or len(values) != len(kind.__match_args__):
            _complete(kind, facts, len(values) + len(named))
        if kind._has_check:
            self.__post_init__()

    def _complete(kind, facts, given):
        """Add the defaults of those that were not given. Raises: TypeError."""
        defaults = kind._field_defaults
        if len(facts) != given or not facts.keys() <= defaults.keys():
            raise TypeError(f"{kind.__name__} takes {', '.join(defaults)}, each once")
        for name, default in defaults.items():
            if name in facts:
                continue
            if not isinstance(default, _Missing):
                facts[name] = default
            elif default.default_factory:
                facts[name] = default.default_factory()
            else:
                raise TypeError(f"{kind.__name__} needs {name}")

    def _values(facts):
        return tuple(getattr(facts, name) for name in facts.__match_args__)

    def _eq(self, other):
        if self is other:
            return True
        return _values(self) == _values(other) if type(self) is type(other) else NotImplemented

    def _hash(self):
        return hash(_values(self))

    def _repr(self):
        pairs = zip(self.__match_args__, _values(self), strict=True)
        return (
            f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in pairs)})"
        )

    def _refuse(self, name, *_value):
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be changed")


__all__ = ["field", "record", "replace"]
