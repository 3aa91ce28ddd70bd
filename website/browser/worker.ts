/** `lint`, `explain` and the page of `report` in a worker of the browser: it is asked with a text, and answers with data. Nothing leaves the page. */
import { factsOf } from '../../src/cli/facts-of-mesh';
import { homelessText, withoutRefused } from '../../src/cli/placed-view';
import { findingsIn, fixFor } from '../../src/findings/findings-in';
import { lineOf } from '../../src/reading/file-object';
import { readManifests } from '../../src/reading/manifests';
import { Problem } from '../../src/reading/problem';
import { answerOf, outcomeOf } from '../../src/report/answer';
import { asHtml } from '../../src/report/as-html';
import { reportOf } from '../../src/report/report';
import { Tracer } from '../../src/trace/trace';
import { MeshView } from '../../src/view/mesh-view';

export interface Question {
  readonly id: number;
  readonly text: string;
  readonly policy: 'REGISTRY_ONLY' | 'ALLOW_ANY';
  /** The namespace of objects that name none. */
  readonly namespace?: string;
  /** A connection to be explained. */
  readonly from?: string;
  readonly to?: string;
}

interface Found {
  readonly id: string;
  readonly severity: string;
  readonly line?: number;
  readonly object: string;
  readonly message: string;
  readonly fix: string;
  readonly acknowledged?: string;
}

export interface Answer {
  readonly id: number;
  readonly objects: number;
  readonly problems: readonly string[];
  readonly findings: readonly Found[];
  readonly hops?: readonly { readonly text: string; readonly causes: readonly string[]; readonly notes: readonly string[] }[];
  readonly end?: { readonly kind: string; readonly text: string; readonly seen?: string };
  /** A page of its own. */
  readonly report?: string;
}

const FILE = 'input.yaml';

export function answer({ id, text, policy, namespace = '', from, to }: Question): Answer {
  const reading = readManifests([{ file: FILE, text, isNamed: true }], namespace);
  const more: Problem[] = [];
  // As the program does: Istio's defaults, and what the input says of the mesh.
  const facts = factsOf(policy === 'ALLOW_ANY' ? {} : { outboundTrafficPolicy: policy }, reading.meshConfigs, more);
  const view = new MeshView(facts, reading.objects);
  const findings = findingsIn(view).map(({ rule, object, field, message, fix, acknowledged }) => ({
    id: rule.id,
    severity: rule.severity,
    line: lineOf(object, field),
    object: `${object.kind} ${object.namespace}/${object.name}`,
    message,
    fix: fixFor('yaml', fix),
    acknowledged,
  }));
  // As in the program: who sees a service depends on where it is, and what the API server refuses is not there.
  const homeless = homelessText(view);
  const placed = withoutRefused(view);
  const asked = connectionIn(from, to);
  const problems = [
    ...[...reading.problems, ...more, ...placed.problems].map(({ line, message }) => `${line === undefined ? '' : `line ${line}: `}${message}`),
    ...homeless === undefined ? [] : [homeless.replace('give --namespace', 'write it under "Namespace"')],
    ...asked === undefined && `${from ?? ''}${to ?? ''}` !== '' ? ['for an explanation, From is a namespace and a service account like shop/cart, and To a host and a port like db.example.com:3306'] : [],
  ];
  const found = asked && homeless === undefined ? new Tracer(placed.view).trace(asked.from, asked.to) : undefined;
  const answered = found && answerOf(placed.view, found);
  return {
    id,
    objects: reading.objects.length,
    problems,
    findings,
    hops: found?.hops.map(hop => ({ text: hop.text, causes: hop.causes.map(cause => `${cause.object} ${cause.field}`.trim()), notes: hop.notes })),
    end: found && { kind: outcomeOf(answered!), text: found.end.text, seen: found.end.seen ?? found.end.mismatch },
    report: homeless === undefined && placed.view.entries.length > 0 ? asHtml(reportOf(placed.view)) : undefined,
  };
}

interface Connection {
  readonly from: { readonly namespace: string; readonly account: string };
  readonly to: { readonly host: string; readonly port: number };
}

function connectionIn(from = '', to = ''): Connection | undefined {
  const [, namespace, account] = /^([^/]+)\/([^/]+)$/.exec(from.trim()) ?? [];
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(to.trim()) ?? [];
  return namespace === undefined || host === undefined ? undefined
    : { from: { namespace, account }, to: { host: host.toLowerCase(), port: Number(port) } };
}

interface Scope {
  onmessage: (event: { readonly data: Question }) => void;
  postMessage(answer: Answer | { readonly id: number; readonly fault: string }): void;
}

const scope = globalThis as unknown as Partial<Scope>;
if (typeof scope.postMessage === 'function') {
  scope.onmessage = ({ data }) => {
    try {
      scope.postMessage!(answer(data));
    } catch (error) {
      scope.postMessage!({ id: data.id, fault: (error as Error).message });
    }
  };
}
