"""The envelope: what every fact carries (CloudEvents 1.0), and the catalogue of all facts by their type."""

from datetime import datetime
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict

FACTS = UUID("8a4e2c1e-5d0b-5c3f-9a55-6f0c1f4b7d20")  # namespace of the ids that are derived from a fact's cause


class Fact(BaseModel):
    """A past-tense fact, published from exactly one service and complete enough to act on without calling back."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_enum_values=True)

    type: ClassVar[str]
    topic: ClassVar[str]
    key_field: ClassVar[str]
    subject_field: ClassVar[str]

    def __init_subclass__(cls, *, type: str = "", key: str = "", subject: str = "", **more: Any) -> None:
        super().__init_subclass__(**more)
        if not type:
            return
        service, aggregate, _, major = type.split(".")
        cls.type, cls.topic = type, f"{service}.{aggregate}.{major}"
        cls.key_field, cls.subject_field = key, subject or key
        KNOWN[type] = cls
        if cls.__module__.startswith("events.contracts."):
            CATALOGUE[type] = cls

    @property
    def key(self) -> str:
        """The Kafka key: facts with the same key keep their order."""
        return str(getattr(self, self.key_field))

    @property
    def subject(self) -> str:
        """The aggregate that the fact is about; its version counts in `ce_sequence`."""
        return str(getattr(self, self.subject_field))

    @property
    def source(self) -> str:
        """The service that says it."""
        return "/" + self.type.partition(".")[0]


CATALOGUE: dict[str, type[Fact]] = {}
"""The facts of our contracts: each has its example, its schema and its readers."""
KNOWN: dict[str, type[Fact]] = {}
"""All facts that this process can read: those of the contracts, and what a test says for itself."""
AnyFact = TypeVar("AnyFact", bound=Fact)


class Envelope(NamedTuple):
    """The CloudEvents attributes of a fact on its way; texts as they travel, because most are only handed on."""

    id: str
    type: str
    source: str
    subject: str
    time: str
    sequence: int
    partitionkey: str
    correlationid: str
    causationid: str | None = None
    traceparent: str | None = None

    @property
    def occurred_at(self) -> datetime:
        """When the fact came about, in UTC."""
        return datetime.fromisoformat(self.time)


class Received(NamedTuple, Generic[AnyFact]):
    """A fact as a consumer gets it."""

    fact: AnyFact
    envelope: Envelope


class Announcement(NamedTuple):
    """A fact about to be said: with the version that its aggregate reached, and what it was said because of."""

    fact: Fact
    sequence: int
    occurred_at: datetime
    because: Envelope | None = None

    @property
    def id(self) -> UUID:
        """The same for the same version of the same aggregate: saying it again is saying the same."""
        return id_of(self.fact.type, self.fact.subject, self.sequence)


def id_of(kind: str, subject: str, sequence: int) -> UUID:
    """The id of a fact of this type about this version of an aggregate."""
    return uuid5(FACTS, f"{kind}:{subject}:{sequence}")
