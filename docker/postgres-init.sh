#!/bin/sh
# Runs once, when the image makes its cluster: the owner of Clepsydra's tables, and its database.
# The owner may create roles, because `clepsydra init` makes the two that own nothing; it is no superuser and is under
# row-level security like everybody else.
set -eu

psql --no-psqlrc --set=ON_ERROR_STOP=1 --set=password="$CLEPSYDRA_OWNER_PASSWORD" \
  --username="$POSTGRES_USER" --dbname=postgres <<'SQL'
create role clepsydra_owner login createrole nosuperuser nobypassrls nocreatedb password :'password';
create database clepsydra owner clepsydra_owner;
revoke temporary on database clepsydra from public;
SQL
