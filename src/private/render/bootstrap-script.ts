/**
 * The scripts of a bootstrap. No password is pasted into SQL or onto a command line: values travel as hexadecimal text through standard input, and the server
 * quotes them.
 */

const HELPERS = `#!/usr/bin/env bash
set -euo pipefail
export LC_ALL=C
folder=\${BASH_SOURCE[0]%/*}

say() { echo "bootstrap: $*" >&2; }
fail() { say "$*"; exit 1; }
refuse() { fail "refused, and nothing was changed: $*"; }

# A sidecar that is no native one outlives the work, and the Job with it. Where there is none nobody listens.
end_sidecar() {
  (
    exec 3<>/dev/tcp/127.0.0.1/15020
    printf 'POST /quitquitquit HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n' >&3
    read -r -t 5 <&3
  ) 2>/dev/null || true
}
trap end_sidecar EXIT
trap 'exit 143' TERM

# Sets REPLY to the content of a file, every byte of it: a command substitution would lose line breaks at the end.
content_of() { IFS= read -r -d '' REPLY <"$1" || true; }

# Sets REPLY to the content of a file as hexadecimal text.
hex_of() { REPLY=$(od -An -v -tx1 "$1" | tr -d ' \\n'); }

utf8='^([0-7].|(c[2-9a-f]|d.)[89ab].|e0[ab].[89ab].|(e[1-9abcef])[89ab].[89ab].|ed[89].[89ab].'
utf8+='|f0[9ab].[89ab].[89ab].|f[123][89ab].[89ab].[89ab].|f48.[89ab].[89ab].)*$'

# Sets REPLY to a value of a Secret as hexadecimal text: its name, what the value is, the file, the most bytes.
checked() {
  local of="the $2 in Secret \\"$1\\""
  hex_of "$3"
  [[ -n $REPLY ]] || refuse "$of is empty"
  [[ ! $REPLY =~ ^(..)*00 ]] || refuse "$of has a NUL byte"
  [[ $REPLY =~ $utf8 ]] || refuse "$of is not UTF-8"
  (( \${#REPLY} <= 2 * $4 )) || refuse "$of has more than $4 bytes"
}
`;

/** Everything that can be known of the Secrets is checked before the first connection. */
const SECRETS = `
read -ra secrets <<<"$DB_LOGIN_SECRETS"
usernames=() passwords=()
checked "$DB_ADMIN_SECRET" 'user name of the admin' "$DB_SECRETS/admin/username" 1000
admin=$REPLY
checked "$DB_ADMIN_SECRET" 'password of the admin' "$DB_SECRETS/admin/password" 100000
for i in "\${!secrets[@]}"; do
  checked "\${secrets[i]}" 'user name' "$DB_SECRETS/user-$i/username" "$MOST_OF_NAME"
  usernames+=("$REPLY")
  [[ $REPLY != "$admin" ]] || refuse "the user name in Secret \\"\${secrets[i]}\\" is that of the admin"
  for ((j = 0; j < i; j++)); do
    [[ $REPLY != "\${usernames[j]}" ]] || refuse "the Secrets \\"\${secrets[j]}\\" and \\"\${secrets[i]}\\" have the same user name"
  done
  checked "\${secrets[i]}" password "$DB_SECRETS/user-$i/password" "$MOST_OF_PASSWORD"
  passwords+=("$REPLY")
  check_login "\${secrets[i]}" "\${usernames[i]}" "\${passwords[i]}"
done

# A sidecar accepts every connection, so only an answer of the database counts.
wait_for_database() {
  local answer end=$((SECONDS + 120))
  until answer=$(ask 2>&1); do
    [[ ! $answer =~ $DENIED ]] || refuse "the database denies the admin of Secret \\"$DB_ADMIN_SECRET\\": $answer"
    (( SECONDS < end )) || refuse "no answer from $DB_HOST:$DB_PORT for two minutes: $answer"
    sleep 1
  done
}
`;

const MYSQL = `MOST_OF_NAME=512 MOST_OF_PASSWORD=255 DENIED='ERROR (1044|1045|1130|1698|2059)'

# The Secret, and user name and password as hexadecimal text.
check_login() {
  [[ ! $2 =~ ^(..)*f[0-4] ]] || refuse "the user name in Secret \\"$1\\" has a character beyond U+FFFF, which MySQL cannot store"
  [[ ! $2 =~ 20$ ]] || refuse "the user name in Secret \\"$1\\" ends in a space, which MySQL loses"
  # The server takes the two for quotation marks when somebody logs in.
  [[ ! $2 =~ ^27(..)*27$ ]] || refuse "the user name in Secret \\"$1\\" begins and ends with ', which MySQL takes away"
}
`;

const MYSQL_RUN = `
client=$(command -v mariadb || command -v mysql) || fail 'the image has no client: it needs mariadb or mysql'
options=(--protocol=TCP --host="$DB_HOST" --port="$DB_PORT" --connect-timeout=10 --default-character-set=utf8mb4 --batch --skip-column-names --raw)
if [[ -n \${DB_CA:-} ]]; then
  # The two clients have different words for it.
  options+=(--ssl-ca="$DB_CA" --loose-ssl-mode=VERIFY_IDENTITY --loose-ssl-verify-server-cert)
fi
content_of "$DB_SECRETS/admin/username"; admin_name=$REPLY
content_of "$DB_SECRETS/admin/password"; admin_password=$REPLY

sql() { MYSQL_PWD=$admin_password "$client" --no-defaults "\${options[@]}" --user="$admin_name" "$@"; }
ask() { sql --execute='DO 0'; }

values() {
  for i in "\${!secrets[@]}"; do
    printf 'SET @username%d = CONVERT(0x%s USING utf8mb4), @password%d = CONVERT(0x%s USING utf8mb4);\\n' "$i" "\${usernames[i]}" "$i" "\${passwords[i]}"
  done
}

wait_for_database
problems=$({ values; cat "$folder/1-check.sql"; } | sql) || refuse 'the check failed, see above'
[[ -z $problems ]] || refuse "$problems"
sql <"$folder/2-database.sql"
if [[ -e $folder/3-statements.sql ]]; then
  sql --binary-mode --database="$DB_NAME" <"$folder/3-statements.sql"
fi
problems=$(sql <"$folder/4-tables.sql")
[[ -z $problems ]] || fail "no user was changed: $problems"
{ values; cat "$folder/5-users.sql"; } | sql
for i in "\${!secrets[@]}"; do
  content_of "$DB_SECRETS/user-$i/username"; name=$REPLY
  content_of "$DB_SECRETS/user-$i/password"
  MYSQL_PWD=$REPLY "$client" --no-defaults "\${options[@]}" --user="$name" --database="$DB_NAME" --execute='DO 0' ||
    fail "the user of Secret \\"\${secrets[i]}\\" cannot log in"
done
say "database $DB_NAME is ready for \${#secrets[@]} user(s)"
`;

const POSTGRES = `MOST_OF_NAME=63 MOST_OF_PASSWORD=1000 DENIED='password authentication failed|no pg_hba.conf entry|does not exist|permission denied'

# The Secret, and user name and password as hexadecimal text.
check_login() {
  [[ ! $2 =~ ^70675f && $2 != 7075626c6963 && $2 != 6e6f6e65 ]] ||
    refuse "the user name in Secret \\"$1\\" begins with \\"pg_\\", or is \\"public\\" or \\"none\\", which PostgreSQL keeps for itself"
  [[ ! $3 =~ ^6d6435(3[0-9]|6[1-6]){32}$ && ! $3 =~ ^534352414d2d5348412d32353624 ]] ||
    refuse "the password in Secret \\"$1\\" looks like the hash of one, and PostgreSQL would take it for that"
}
`;

const POSTGRES_RUN = `
export PGHOST=$DB_HOST PGPORT=$DB_PORT PGDATABASE=postgres PGCONNECT_TIMEOUT=10 PGCLIENTENCODING=UTF8 PGGSSENCMODE=disable PGSSLMODE=prefer
if [[ -n \${DB_CA:-} ]]; then
  export PGSSLMODE=verify-full PGSSLROOTCERT=$DB_CA
fi
content_of "$DB_SECRETS/admin/username"; admin_name=$REPLY
content_of "$DB_SECRETS/admin/password"; admin_password=$REPLY

# Not a password file: that cannot hold a line break.
sql() { PGUSER=$admin_name PGPASSWORD=$admin_password psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@"; }
ask() { sql --command='SELECT' >/dev/null; }

values() {
  for i in "\${!secrets[@]}"; do
    printf '\\\\set username%d %s\\n\\\\set password%d %s\\n' "$i" "\${usernames[i]}" "$i" "\${passwords[i]}"
  done
}

wait_for_database
problems=$({ values; cat "$folder/1-check.sql"; } | sql --file=-) || refuse 'the check failed, see above'
[[ -z $problems ]] || refuse "$problems"
sql --file="$folder/2-database.sql"
export PGDATABASE=$DB_NAME
{
  values
  echo 'BEGIN;'
  if [[ -e $folder/3-statements.sql ]]; then
    # Sent to the server as they are: psql looks for no commands and variables of its own in them.
    printf '\\\\set statements \`cat "%s"\`\\n' "$folder/3-statements.sql"
    cat "$folder/3-schema.sql"
    echo "SELECT :'statements' \\gexec"
  else
    cat "$folder/3-schema.sql"
  fi
  cat "$folder/4-users.sql"
  echo 'COMMIT;'
} | sql --file=- || fail 'everything but the empty database was rolled back, see above'
for i in "\${!secrets[@]}"; do
  content_of "$DB_SECRETS/user-$i/username"; name=$REPLY
  content_of "$DB_SECRETS/user-$i/password"
  PGUSER=$name PGPASSWORD=$REPLY psql --no-psqlrc --no-password --quiet --command='SELECT' >/dev/null ||
    fail "the user of Secret \\"\${secrets[i]}\\" cannot log in"
done
say "database $DB_NAME is ready for \${#secrets[@]} user(s)"
`;

export const MYSQL_SCRIPT = `${HELPERS}${MYSQL}${SECRETS}${MYSQL_RUN}`;
export const POSTGRES_SCRIPT = `${HELPERS}${POSTGRES}${SECRETS}${POSTGRES_RUN}`;
