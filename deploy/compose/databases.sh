# One role and one database for each service, and no role may open another's. PostgreSQL's image runs this at the very
# first start; the passwords are in the volume that deploy/compose/make_secrets.py has filled.
psql -h /var/run/postgresql -U postgres -d postgres -v ON_ERROR_STOP=1 -q <<'SQL'
revoke connect on database postgres, template1 from public;
SQL
for service in registry eligibility scheduling reporting; do
  export service
  psql -h /var/run/postgresql -U postgres -d postgres -v ON_ERROR_STOP=1 -v service="$service" -q <<'SQL'
\set password `cat "/run/secrets/$service"`
create role :"service" login password :'password';
create database :"service" owner :"service";
revoke all on database :"service" from public;
SQL
done
