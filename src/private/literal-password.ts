import { passwordWordsIn, shellWords } from './client-command';

/** What stands in a text for a part that is read from somewhere else. */
const ELSEWHERE = '\0';

/**
 * Parts that are read from somewhere else: variables of Kubernetes, placeholders of Spring, `envsubst`, Kafka and Grafana. What a placeholder has behind a
 * colon is its default, which may be a password, unless the word before it is where it is read from.
 */
const REFERENCES = [
  /(?<!\$)\$\([^()]*\)|\$__\w+\{[^{}]*\}/g,
  /\$\{(?:(?:env|sys|file|directory|dir|vault|secrets?|configmaps?|ssm|sops):[^{}]*|[^{}:\0]+(?::-?\0*|:\?[^{}]*)?)\}/gi,
];

/** What a shell reads itself. */
const OF_SHELL = /`[^`]*`|\$[A-Za-z_]\w*/g;

/** A value that says where the password is, such as that of Bank-Vaults, and the placeholders of statements and formats. */
const LOCATION = /^(?:>>)?(?:[a-z][a-z0-9+.-]*:\/\/|vault:|file:|env:|secretref:|arn:aws)|^\?$|^%\w$/i;

/** Passwords at a place of their own: in a URL, of which a port is none; in a DSN of Go; in an address of Oracle. */
const PLACES = [
  /:\/\/(?:\$\{[^{}]*\}|[^\s:/?#@[{}])*:(?!\d{1,5}[/?#,;])([^\s"'<>]+)@/g,
  /(?:^|[\s"'=])[^\s:/@"'=]*:([^\s"']+)@\w+\(/g,
  /(?:^|[\s"'=:])[^\s/:@"'=]+\/([^\s@"']+)@\/\//g,
];

/** Settings with their names: of a URL, a connection string, a command line; of JSON. */
const SETTINGS = [
  /(?:^|[?&;,\s"'])([-\w.]+)\s*=(?:\s+(?![-\w.]+\s*=))?("[^"]*"|'[^']*'|[^&;,\s]+)/g,
  /"([-\w.]+)"\s*:\s*("[^"]*"|[^\s,{}[\]]+)/g,
];

/** Words before PASSWORD that make a question or a page of it: `ALLOW_EMPTY_PASSWORD=yes`, `FORGOT_PASSWORD=/forgot`. */
const ABOUT = new Set(('ALLOW ASK CHANGE CHECK DISABLE DISALLOW EMPTY ENABLE ENFORCE EXPIRE FORCE FORGET FORGOT FORGOTTEN GENERATE HAS HIDE IS LOST MASK NEED NEEDS NO PROMPT '
  + 'RANDOM RECOVER REMEMBER REQUIRE REQUIRED REQUIRES RESET SAVE SHOW SKIP STORE UPDATE USE USES VALIDATE VERIFY WITH WITHOUT').split(' '));

/** Answers to such a question, and addresses of such a page. */
const ANSWER = /^(?:yes|no|on|off|y|n|1|0|never|always|auto|optional|required|enabled?|disabled?|none|\/.*)$/i;

/** No password: too many tools write them for "on" and "off". */
const NOTHING = /^(?:true|false|null|)$/i;

/** Where a container has a password. */
export type PasswordPlace = { readonly variable: string; readonly index: number } | { readonly property: 'command' | 'args' };

/**
 * The passwords that stand in a container of a pod template, which whoever may read the workload or the repository reads. What they are is never quoted. Variables,
 * commands and their arguments are looked at: not ConfigMaps or annotations.
 */
export function passwordsIn(container: { readonly env?: unknown; readonly command?: unknown; readonly args?: unknown }): PasswordPlace[] {
  const variables = listOf(container.env).map((variable, index) => ({ ...variable as { name?: unknown; value?: unknown }, index }));
  return [
    ...variables.filter(({ name, value }) => hasPassword(String(name), value)).map(({ name, index }) => ({ variable: String(name), index })),
    ...propertiesIn(container).map(property => ({ property })),
  ];
}

const COMMANDS = ['command', 'args'] as const;

/** A list of a manifest, which may be anything in one that was written by hand. */
function listOf(list: unknown): unknown[] {
  return Array.isArray(list) ? list : [];
}

function propertiesIn(container: { readonly [property in typeof COMMANDS[number]]?: unknown }): (typeof COMMANDS[number])[] {
  // Kubernetes passes "$$(" on as "$(", which is a command to a shell.
  const words = COMMANDS.flatMap(property => listOf(container[property]).map(item => (
    { property, text: withoutReferences(String(item).replaceAll('$$(', '$(')).replace(OF_SHELL, ELSEWHERE) })));
  // The arguments follow the command.
  const ofClient = passwordWordsIn(words.map(({ text }) => text)).filter(({ value }) => isLiteral(value)).map(({ index }) => words[index].property);
  return COMMANDS.filter(property => (
    ofClient.includes(property) || tellsPassword(words.filter(word => word.property === property).map(({ text }) => text))));
}

function tellsPassword(texts: readonly string[]): boolean {
  const isValue = (text: string, option = '') => /^--?[-\w.]+$/.test(option) && !text.startsWith('-') && isNamed(option, text);
  const isScript = (text: string) => /\s/.test(text) && passwordWordsIn(shellWords(text)).some(({ value }) => isLiteral(value));
  return texts.some((text, index) => isInside(text) || isScript(text) || isValue(text, texts[index - 1]));
}

function hasPassword(name: string, value: unknown): boolean {
  const text = withoutReferences(String(value ?? ''));
  return isNamed(name, text) || isInside(text);
}

function isInside(text: string): boolean {
  return PLACES.some(pattern => [...text.matchAll(pattern)].some(([, value]) => isLiteral(value)))
    || SETTINGS.some(pattern => [...text.matchAll(pattern)].some(([, name, value]) => isNamed(name, value) || /^(pwd|pass)$/i.test(name) && isLiteral(value)));
}

/**
 * Whether a name says that its value is a password: its last word does. `PASSWORD_FILE` is a path and `MAX_PASSWORD_LENGTH` a number. The short words count
 * behind another one only: `PWD` and `OLDPWD` are directories, and `BYPASS` is something else.
 */
function isNamed(name: string, value: string): boolean {
  const spelled = name.replace(/^-D/, '').replace(/([a-z\d])([A-Z])/g, '$1_$2').toUpperCase();
  const words = spelled.split(/[^A-Z\d]+|(?<=[A-Z])(?=\d+$)/).filter(word => /[A-Z]/.test(word));
  const last = words.pop() ?? '';
  const bare = value.replace(/["']/g, '');
  if (NOTHING.test(bare) || ANSWER.test(bare) && words.some(word => ABOUT.has(word))) {
    return false;
  }
  const isShort = /^(PWD|PASS|PW)$/.test(last) && words.length > 0 || /^(DB|MYSQL|SQL|PG|POSTGRES|REDIS|MONGO|USER|ROOT|ADMIN)(PASS|PWD|PW)$/.test(last);
  const isRedis = last === 'AUTH' && /^REDIS(CLI)?$/.test(words[words.length - 1] ?? '');
  return (/(PASSWORD|PASSWD|PASSPHRASE)$/.test(last) || (isShort || isRedis) && !ANSWER.test(bare)) && isLiteral(value);
}

function isLiteral(value: string): boolean {
  const literal = value.replace(/["'\0]/g, '');
  return literal !== '' && !LOCATION.test(literal);
}

function withoutReferences(text: string): string {
  const without = REFERENCES.reduce((rest, pattern) => rest.replace(pattern, ELSEWHERE), text);
  // A placeholder may have another one as its default.
  return without === text ? text : withoutReferences(without);
}
