"""What the two servers are told: one machine, loopback only, the programme's load."""

from pathlib import Path

from stack.ports import HOST

BROKER = """\
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
auto.create.topics.enable=false
# one node has one copy
default.replication.factor=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# the first group makes this topic: four files, not fifty
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
share.coordinator.state.topic.num.partitions=4
# a group forms at once; tests of rebalancing may ask for short sessions
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
# after a kill the broker may come back only when its old session has run out: 3 s, not 9
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=300
# facts are kept: replay needs them
log.retention.ms=-1
log.cleaner.dedupe.buffer.size=16777216
metric.reporters=
"""

LOGGING = """\
status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c{1.} %m%n
rootLogger.level=info
rootLogger.appenderRef.out.ref=out
logger.config.name=org.apache.kafka.common.config.AbstractConfig
logger.config.level=warn
"""

POSTGRES = """\
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 200
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = 'warning'
log_line_prefix = '%m [%p] %u@%d '
log_checkpoints = off
# batches of thousands of rows, written once and read soon after
shared_buffers = '256MB'
work_mem = '16MB'
maintenance_work_mem = '128MB'
wal_compression = 'pglz'
min_wal_size = '256MB'
max_wal_size = '4GB'
checkpoint_timeout = '15min'
synchronous_commit = on
random_page_cost = 1.1
jit = off
autovacuum_naptime = '15s'
autovacuum_vacuum_cost_limit = 2000
# a client that hangs or is gone must not keep its locks for ever
idle_in_transaction_session_timeout = '60s'
client_connection_check_interval = '5s'
"""

CLIENTS = f"""\
# who may come in: with a password, from this machine; the databases say who may open which
host all all {HOST}/32 scram-sha-256
host replication postgres {HOST}/32 scram-sha-256
"""


def broker_properties(topics: Path, port: int, controller: int) -> str:
    """The broker's server.properties."""
    listeners = f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller}"
    own = {
        "listeners": listeners,
        "advertised.listeners": listeners,
        "controller.quorum.bootstrap.servers": f"{HOST}:{controller}",
        "log.dirs": str(topics),
    }
    return BROKER + "".join(f"{name}={value}\n" for name, value in own.items())


def logging_properties() -> str:
    """The broker's log4j2.properties: everything to standard output, which is its log file."""
    return LOGGING


def postgres_conf(port: int) -> str:
    """The server's postgresql.conf."""
    return f"listen_addresses = '{HOST}'\nport = {port}\n{POSTGRES}"


def postgres_clients() -> str:
    """The server's pg_hba.conf."""
    return CLIENTS
