import { GuardModel, OwnedHostModel } from '../model';

/** Which objects a policy of a guard looks at. */
export type GuardedResource = 'gateways' | 'virtualservices' | 'serviceentries';

interface Variable {
  readonly name: string;
  readonly expression: string;
}

interface Validation {
  readonly expression: string;
  /** For when the other one cannot be evaluated. */
  readonly message: string;
  readonly messageExpression: string;
}

/** The part of a host behind its `<namespace>/`, as a proxy compares it. */
const PLAIN = 'map(h, h.lowerAscii().substring(h.lastIndexOf("/") + 1)).map(h, h.endsWith(".") ? h.substring(0, h.size() - 1) : h)';

/** Protocols whose connections sidecars tell apart by names. */
const BY_NAME = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB', 'HTTPS', 'TLS'];

/** Whether a host is a server name of another namespace; the server names of a namespace that no services are routed from open nothing. */
const FOREIGN = '(h.matches("^(p|any)[0-9]+[.][^.]+[.].") && h.split(".")[1] != variables.writer && h.split(".")[1] in variables.namespaces)'
  + ' || (h.matches("^in[.][^.]+[.][^.]+[.](p|any)[0-9]+[.].") && h.split(".")[2] != variables.writer && h.split(".")[2] in variables.namespaces)';

const owns = (owners: string) => `(h in variables.${owners} && variables.writer in variables.${owners}[h])`;
const isOthers = '!(variables.writer in variables.owners[o])';

/** Whether a wildcard is one of names under an owned host, at most as deep as a server name is. Lookups again: to compare each host with each owner would cost too much. */
const UNDER_OWNED = '[2, 3, 4, 5, 6].exists(n, h.split(".", n).size() == n && h.split(".", n)[n - 1] in variables.owners'
  + ' && !(variables.writer in variables.owners[h.split(".", n)[n - 1]]))';

/** Whether a host is, covers or is covered by one that other namespaces own. A lookup for the usual host: Kubernetes limits what an expression may cost. */
const OWNED = `!${owns('owners')} && !${owns('exceptions')} && (h in variables.owners`
  + ` || variables.wildcards.exists(o, h.endsWith(o.substring(1)) && ${isOthers})`
  + ` || (h.startsWith("*") && (variables.owners.exists(o, o.endsWith(h.substring(1)) && ${isOthers}) || ${UNDER_OWNED})))`;

/** Those of the hosts that rules of one kind send to which are server names of other namespaces: a gateway finds every upstream in its namespace. */
const foreignIn = (kind: 'tcp' | 'tls' | 'http') => `(${field(kind, '[]')}).map(r, (has(r.route) ? r.route : [])`
  + `.filter(d, has(d.destination) && has(d.destination.host)).map(d, d.destination.host).${PLAIN}.filter(h, ${FOREIGN})).filter(l, l.size() > 0)`;

/** A field of the spec, or what stands for it when it is missing. */
const field = (name: string, missing: string) => `has(object.spec) && has(object.spec.${name}) ? object.spec.${name} : ${missing}`;

function variablesOf({ namespaces, owners, exceptions }: GuardModel): Variable[] {
  return [
    { name: 'writer', expression: 'request.namespace' },
    { name: 'namespaces', expression: literal(namespaces) },
    { name: 'owners', expression: mapOf(owners) },
    { name: 'wildcards', expression: literal(owners.map(({ host }) => host).filter(host => host.startsWith('*'))) },
    { name: 'exceptions', expression: mapOf(exceptions) },
  ];
}

/** Decides who may write a kind of objects for the gateway, on each creation and change. */
export function renderGuardPolicy(resource: GuardedResource, guard: GuardModel): unknown {
  const { variables, validations } = RULES[resource](guard);
  return {
    failurePolicy: 'Fail',
    matchConstraints: {
      // A request in a version that is not listed would be let through on a cluster that has none of the listed ones.
      resourceRules: [{ apiGroups: ['networking.istio.io'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: [resource] }],
      matchPolicy: 'Equivalent',
    },
    variables: [...variablesOf(guard), ...variables],
    validations: validations.map(validation => ({ ...validation, reason: 'Forbidden' })),
  };
}

export function renderGuardBinding(policyName: string, validationActions: readonly string[]): unknown {
  return { policyName, validationActions: [...validationActions] };
}

interface Rules {
  readonly variables: Variable[];
  readonly validations: Validation[];
}

const RULES: { readonly [resource in GuardedResource]: (guard: GuardModel) => Rules } = {
  gateways: ({ gateway, others }) => {
    const pods = `${gateway.serviceName}.${gateway.namespace}`;
    const [[key, value]] = Object.entries(gateway.selector);
    return {
      variables: [
        { name: 'labels', expression: labelsOf(gateway.selector) },
        { name: 'others', expression: `[${others.map(labelsOf).join(', ')}]` },
        { name: 'selector', expression: field('selector', '{}') },
        // istiod writes this annotation for Kubernetes' own Gateways, and then the selector does not matter. Its webhook refuses the one that makes it work across
        // namespaces; a cluster may have no webhook.
        {
          name: 'service',
          expression: 'has(object.metadata.annotations) && "internal.istio.io/gateway-service" in object.metadata.annotations'
            + ` && object.metadata.annotations["internal.istio.io/gateway-service"].contains(${literal(`${pods}.`)})`,
        },
        {
          name: 'binds',
          expression: 'variables.service || (!(variables.selector in variables.others)'
            + ' && !variables.labels.exists(l, l in variables.selector && variables.selector[l] != variables.labels[l]))',
        },
        { name: 'hosts', expression: `(${field('servers', '[]')}).map(s, (has(s.hosts) ? s.hosts : []).${PLAIN})` },
        { name: 'foreign', expression: `variables.hosts.map(s, s.filter(h, ${FOREIGN})).filter(s, s.size() > 0)` },
        { name: 'owned', expression: `variables.hosts.map(s, s.filter(h, ${OWNED})).filter(s, s.size() > 0)` },
      ],
      validations: [
        {
          expression: '!variables.binds || variables.writer in variables.namespaces',
          message: `this namespace may not write a Gateway that binds to the pods of ${pods}`,
          messageExpression: `"namespace " + variables.writer + ${literal(` may not write a Gateway that binds to the pods of ${pods}: name other pods in `
            + `'spec.selector', with another value of '${key}' than '${value}', or have the namespace listed in the EgressGuard of this gateway`)}`,
        },
        {
          expression: '!variables.binds || variables.foreign.size() == 0',
          message: `a server at ${pods} has the server name of another namespace`,
          messageExpression: `variables.foreign[0][0] + ${literal(' is a server name of another namespace: namespace ')} + variables.writer`
            + ` + ${literal(` may use its own at ${pods}`)}`,
        },
        {
          expression: '!variables.binds || variables.owned.size() == 0',
          message: `a server at ${pods} has a host that another namespace owns`,
          messageExpression: ownedMessage('variables.owned[0][0]'),
        },
      ],
    };
  },
  virtualservices: () => ({
    variables: [
      { name: 'hosts', expression: `(${field('hosts', '[]')}).${PLAIN}` },
      { name: 'gateways', expression: field('gateways', '[]') },
      { name: 'mesh', expression: 'variables.gateways.size() == 0 || "mesh" in variables.gateways' },
      { name: 'exportTo', expression: field('exportTo', '[]') },
      { name: 'private', expression: 'variables.exportTo.size() > 0 && variables.exportTo.all(n, n == "." || n == variables.writer)' },
      { name: 'foreign', expression: `variables.hosts.filter(h, ${FOREIGN})` },
      { name: 'owned', expression: `variables.hosts.filter(h, ${OWNED})` },
      { name: 'tcp', expression: foreignIn('tcp') },
      { name: 'tls', expression: foreignIn('tls') },
      { name: 'http', expression: foreignIn('http') },
      {
        name: 'mirror',
        expression: `(${field('http', '[]')}).filter(r, has(r.mirror) && has(r.mirror.host)).map(r, r.mirror.host).${PLAIN}.filter(h, ${FOREIGN})`,
      },
      {
        name: 'mirrors',
        expression: `(${field('http', '[]')}).map(r, (has(r.mirrors) ? r.mirrors : []).filter(d, has(d.destination) && has(d.destination.host))`
          + `.map(d, d.destination.host).${PLAIN}.filter(h, ${FOREIGN})).filter(l, l.size() > 0)`,
      },
      // As Istio reads them: "<namespace>/<name>", "./<name>", "<name>", and the older "<name>.<namespace>" with or without more behind it.
      {
        name: 'attached',
        expression: 'variables.gateways.map(g, g.contains("/") ? g : g.contains(".") ? g.split(".")[1] + "/" + g.split(".")[0] : "./" + g)'
          + '.filter(g, g.split("/")[0] != variables.writer && g.split("/")[0] in variables.namespaces'
          + ' && (g.endsWith("--" + g.split("/")[0]) || g.matches("---[0-9a-f]{8}$")))',
      },
    ],
    validations: [
      {
        expression: 'variables.foreign.size() == 0',
        message: 'a host is the server name of another namespace',
        messageExpression: `variables.foreign[0] + ${literal(' is a server name of another namespace: its routes are written there')}`,
      },
      {
        expression: 'variables.tcp.size() + variables.tls.size() + variables.http.size() + variables.mirror.size() + variables.mirrors.size() == 0',
        message: 'a destination is the server name of another namespace',
        messageExpression: `"namespace " + variables.writer + ${literal(' may not send to the server name of another namespace: its routes are written there, for the '
          + 'clients that it names')}`,
      },
      {
        // Rules that nobody else sees change nothing for others.
        expression: '!variables.mesh || variables.private || variables.owned.size() == 0',
        message: 'a host is owned by another namespace',
        messageExpression: `${ownedMessage('variables.owned[0]')} + ${literal('; or keep the rules to this namespace with \'exportTo: ["."]\'')}`,
      },
      {
        expression: 'variables.attached.size() == 0',
        message: 'a Gateway of another namespace serves the services of that namespace alone',
        messageExpression: `${literal('Gateway ')} + variables.attached[0]`
          + ` + ${literal(' serves the services of its own namespace alone: remove it from \'gateways\'')}`,
      },
    ],
  }),
  serviceentries: ({ gateway, exporters, sharers }) => ({
    variables: [
      { name: 'exporters', expression: literal(exporters) },
      { name: 'sharers', expression: literal(sharers) },
      { name: 'hosts', expression: `(${field('hosts', '[]')}).${PLAIN}` },
      { name: 'exportTo', expression: field('exportTo', '[]') },
      // Left out, the mesh's own default holds, which is every namespace unless its installation says otherwise.
      { name: 'seen', expression: `variables.exportTo.size() == 0 || variables.exportTo.exists(n, n == "*" || n == ${literal(gateway.namespace)})` },
      { name: 'foreign', expression: `variables.hosts.filter(h, ${FOREIGN})` },
      { name: 'owned', expression: `variables.hosts.filter(h, ${OWNED})` },
    ],
    validations: [
      {
        expression: 'variables.foreign.size() == 0',
        message: 'a host is the server name of another namespace',
        messageExpression: `variables.foreign[0] + ${literal(' is a server name of another namespace, which no other may declare')}`,
      },
      {
        expression: 'variables.owned.size() == 0',
        message: 'a host is owned by another namespace',
        messageExpression: ownedMessage('variables.owned[0]'),
      },
      {
        expression: '!variables.seen || variables.writer in variables.exporters',
        message: `this namespace may not export a ServiceEntry to namespace ${gateway.namespace}`,
        messageExpression: `"namespace " + variables.writer + ${literal(` may not export a ServiceEntry to namespace ${gateway.namespace}: name the namespaces `
          + 'that use it in \'exportTo\', such as ["."]')}`,
      },
      {
        // An address takes the connections of whoever sees it, whatever the host is called: of a service that is found by name even from an older declaration. A TCP
        // port without an address takes all of that port.
        expression: '!(variables.exportTo.size() == 0 || variables.exportTo.exists(n, n != "." && n != "~" && n != variables.writer))'
          + ` || (${field('addresses', '[]')}).size() == 0 && !(${field('ports', '[]')}).exists(p, !has(p.protocol) || !(p.protocol.upperAscii() in ${literal(BY_NAME)}))`
          + ' || variables.writer in variables.sharers',
        message: 'this namespace may not show addresses or TCP ports to other namespaces',
        messageExpression: `"namespace " + variables.writer + ${literal(' may not show addresses or TCP ports of a ServiceEntry to other namespaces, whose connections they would '
          + 'take: use \'exportTo: ["."]\', or have the namespace listed in the EgressGuard')}`,
      },
    ],
  }),
};

function ownedMessage(host: string): string {
  return `${host} + ${literal(' is declared by another namespace, or covers a host that is: a client in namespace ')} + variables.writer`
    + ` + ${literal(' is named by the owner and declares nothing; an owner is listed in the EgressGuard')}`;
}

/** JSON is CEL for texts and lists of texts. */
function literal(value: string | readonly string[]): string {
  return JSON.stringify(value);
}

function mapOf(owners: readonly OwnedHostModel[]): string {
  return `{${owners.map(({ host, namespaces }) => `${literal(host)}: ${literal(namespaces)}`).join(', ')}}`;
}

function labelsOf(selector: { readonly [label: string]: string }): string {
  return `{${Object.entries(selector).map(([label, value]) => `${literal(label)}: ${literal(value)}`).join(', ')}}`;
}
