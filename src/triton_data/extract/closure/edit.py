"""What is to change in a piece of source: names, imports, decorators."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(eq=False)
class Edit:
    chains: dict[str, str] = field(default_factory=dict)  # 'x' or 'module.x' -> new name
    # (module as written with its dots, imported name) -> new name, or 'module:attribute' of another package
    imports: dict[tuple[str, str], str] = field(default_factory=dict)
    drop_decorators: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.chains or self.imports or self.drop_decorators)
