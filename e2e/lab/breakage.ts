import type { KubeObject } from './kube';
import { isUpstream } from './upstream';

/** A mistake that a renderer could make, made on purpose in its output: a scenario has to notice. */
export interface Breakage {
  readonly name: string;
  /** The scenario that has to notice. */
  readonly noticedBy: string;
  /** Gives the object with the mistake, itself when it is none of its business, or nothing when the object is forgotten. */
  breaks(object: KubeObject): KubeObject | undefined;
}

type Mutable = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
type Which = (object: KubeObject) => boolean;

function change(kind: string, how: (spec: Mutable) => void, which: Which = () => true): Breakage['breaks'] {
  return (object) => {
    if (object.kind !== kind || !which(object)) { return object; }
    const copy = structuredClone(object) as Mutable;
    how(copy.spec);
    return copy as KubeObject;
  };
}

function forget(kind: string, which: Which = () => true): Breakage['breaks'] {
  return (object) => (object.kind === kind && which(object) ? undefined : object);
}

const inMesh: Which = (object) => (object.spec.gateways as string[] | undefined)?.includes('mesh') ?? false;
const atGateway: Which = (object) => !inMesh(object) && /\.from-gateway/.test(object.metadata.name);
const toGateway: Which = (object) => (object.spec.subsets ?? []).some((subset: Mutable) => subset.trafficPolicy);
const originates: Which = ({ spec: { trafficPolicy: policy } }) => policy?.tls || policy?.portLevelSettings?.some((setting: Mutable) => setting.tls);
const onMachines: Which = ({ spec }) => spec.action === 'ALLOW' && (spec.rules as Mutable[] | undefined)?.[0].to !== undefined;
const ofGateway: Which = ({ spec, metadata }) => spec.action === 'DENY' && !metadata.name.endsWith('.requests');
const seenByClients: Which = (object) => !isUpstream(object);

function eachServer(how: (server: Mutable) => void): (spec: Mutable) => void {
  return (spec) => { (spec.servers as Mutable[]).forEach(how); };
}

function eachServerName(how: (name: string) => string): (spec: Mutable) => void {
  return eachLeg((settings) => { settings.tls.sni = how(settings.tls.sni); });
}

function eachLeg(how: (settings: Mutable) => void): (spec: Mutable) => void {
  return (spec) => { (spec.subsets as Mutable[]).forEach((subset) => (subset.trafficPolicy.portLevelSettings as Mutable[]).forEach(how)); };
}

const atIngress: Which = (object) => object.spec.gateways !== undefined && !inMesh(object) && !atGateway(object);
const forSidecars: Which = (object) => object.spec.gateways === undefined;

function eachRule(how: (rule: Mutable) => void): (spec: Mutable) => void {
  return (spec) => { spec.http?.forEach(how); };
}

function eachSecret(how: (secret: Mutable) => void): (spec: Mutable) => void {
  return (spec) => { spec.template.spec.volumes?.forEach(({ secret }: Mutable) => { if (secret) { how(secret); } }); };
}

function eachTls(how: (tls: Mutable) => void): (spec: Mutable) => void {
  return eachServer((server) => { if (server.tls) { how(server.tls); } });
}

const balanced: Which = ({ spec: { trafficPolicy: policy } }) => policy?.loadBalancer !== undefined;

function withoutRewrite(spec: Mutable): void {
  spec.http?.forEach((rule: Mutable) => { delete rule.rewrite; });
}

/** The upstream of one host, such as a member of a cluster. */
const upstreamOf = (member: string): Which => (object) => isUpstream(object) && (object.spec.hosts as string[]).some((host) => host.endsWith(`.${member}`));

const isLimit: Which = (object) => object.metadata.name.endsWith('.requests');
const isAdmission: Which = (object) => object.metadata.name.endsWith('.admission');

/** Leaves out a host of a Sidecar. */
function imports(without: RegExp): Breakage['breaks'] {
  return change('Sidecar', (spec) => { spec.egress[0].hosts = spec.egress[0].hosts.filter((host: string) => !without.test(host)); });
}

/** A NetworkPolicy without what it opens on a port. */
function closes(port: number): Breakage['breaks'] {
  return change('NetworkPolicy', (spec) => {
    spec.egress = spec.egress.filter((rule: Mutable) => !rule.ports?.some((candidate: Mutable) => candidate.port === port));
  });
}

const opensEverything = change('NetworkPolicy', (spec) => { spec.egress.push({}); });

/** In the policies of a guard, one of their expressions. */
function eachVariable(how: (variable: { name: string; expression: string }) => void): Breakage['breaks'] {
  return change('ValidatingAdmissionPolicy', (spec) => { spec.variables.forEach(how); });
}

const inPlaceOf = (name: string, expression: string): Breakage['breaks'] => eachVariable((variable) => {
  if (variable.name === name) { variable.expression = expression; }
});

/** A PrometheusRule with other expressions. */
function eachExpression(how: (expr: string) => string): Breakage['breaks'] {
  return change('PrometheusRule', (spec) => { spec.groups.forEach(({ rules }: Mutable) => rules.forEach((rule: Mutable) => { rule.expr = how(rule.expr); })); });
}

/** What counts a series that has just begun from zero. */
const FROM_ZERO = /\(\((\w+\{[^}]*\}) unless last_over_time\(\1\[1h\] offset 5m\)\) or (increase\(\1\[5m\]\))\)/g;

export const BREAKAGES: readonly Breakage[] = [
  ...([
    ['wrong server name', change('DestinationRule', eachServerName((name) => `x${name}`), toGateway)],
    ['missing rule for the gateway', forget('DestinationRule', toGateway)],
    ['missing mesh leg', forget('VirtualService', inMesh)],
    ['missing gateway leg', forget('VirtualService', atGateway)],
    ['missing server at the gateway', forget('Gateway')],
    ['server without names', change('Gateway', eachServer((server) => { delete server.tls.subjectAltNames; }))],
    ['server with the name of another account', change('Gateway', eachServer((server) => {
      server.tls.subjectAltNames = server.tls.subjectAltNames?.map((name: string) => `${name}x`);
    }))],
    ['server with the names of more accounts', change('Gateway', eachServer((server) => {
      server.tls.subjectAltNames?.push('spiffe://cluster.local/ns/shop/sa/neighbour');
    }))],
    ['missing upstream', forget('ServiceEntry', isUpstream)],
    ['upstream not exported to the gateway', change('ServiceEntry', (spec) => { spec.exportTo = ['.']; }, isUpstream)],
    ['upstream on the port of the gateway', change('ServiceEntry', (spec) => { delete spec.ports[0].targetPort; }, isUpstream)],
    ['upstream without resolution', change('ServiceEntry', (spec) => {
      spec.resolution = 'NONE';
      delete spec.endpoints;
    }, isUpstream)],
    ['service hidden from its clients', change('ServiceEntry', (spec) => { spec.exportTo = ['istio-system']; }, seenByClients)],
  ] as const).map(([name, breaks]) => ({ name, noticedBy: 'cart-via-gateway', breaks })),
  ...([
    ['missing admission', forget('AuthorizationPolicy', isAdmission)],
    ['admission of every server name', change('AuthorizationPolicy', (spec) => { delete spec.rules[0].when; }, isAdmission)],
    ['admission of every identity', change('AuthorizationPolicy', (spec) => { spec.rules.forEach((rule: Mutable) => { delete rule.from; }); }, isAdmission)],
    ['gateway without istiod', closes(15012)],
    ['gateway without DNS', closes(53)],
    ['gateway without the addresses of its services', closes(3306)],
    ['gateway that reaches every address', opensEverything],
    ['gateway\'s namespace without a Sidecar', forget('Sidecar')],
    ['certificates with RSA', change('Deployment', (spec) => { delete spec.template.spec.containers[0].env; })],
  ] as const).map(([name, breaks]) => ({ name, noticedBy: 'own-gateway', breaks })),
  ...([
    ['missing limits of requests', forget('AuthorizationPolicy', isLimit)],
    ['limits of methods alone', change('AuthorizationPolicy', (spec) => { spec.rules.forEach((rule: Mutable) => { rule.to.pop(); }); }, isLimit)],
    ['limits of paths alone', change('AuthorizationPolicy', (spec) => { spec.rules.forEach((rule: Mutable) => { rule.to.shift(); }); }, isLimit)],
    ['limits of every client', change('AuthorizationPolicy', (spec) => { spec.rules.forEach((rule: Mutable) => { delete rule.from; }); }, isLimit)],
    ['limits under another server name', change('AuthorizationPolicy', (spec) => {
      spec.rules.forEach((rule: Mutable) => { rule.when[0].values = rule.when[0].values.map((name: string) => `x${name}`); });
    }, isLimit)],
  ] as const).map(([name, breaks]) => ({ name, noticedBy: 'request-limits', breaks })),
  ...([
    ['missing Sidecar', forget('Sidecar')],
    ['Sidecar that leaves the mesh\'s policy', change('Sidecar', (spec) => { delete spec.outboundTrafficPolicy; })],
    ['Sidecar without the services of other namespaces', imports(/^data\//)],
    ['Sidecar without DNS', imports(/kube-dns/)],
    ['namespace without istiod', closes(15012)],
    ['namespace without DNS', closes(53)],
    ['namespace without the gateway', closes(8443)],
    ['namespace without its direct services', closes(9100)],
    ['namespace that reaches every address', opensEverything],
  ] as const).map(([name, breaks]) => ({ name, noticedBy: 'lockdown', breaks })),
  {
    name: 'service visible in the gateway\'s namespace',
    noticedBy: 'gateway-neighbour',
    breaks: change('ServiceEntry', (spec) => { spec.exportTo.push('istio-system'); }, seenByClients),
  },
  {
    name: 'upstream as plain TCP',
    noticedBy: 'gateway-neighbour',
    breaks: change('ServiceEntry', (spec) => { spec.ports[0].protocol = 'TCP'; }, isUpstream),
  },
  {
    name: 'server open to routes of other namespaces',
    noticedBy: 'hostile-tenant',
    breaks: change('Gateway', eachServer((server) => { server.hosts = server.hosts.map((host: string) => host.replace(/^\.\//, '*/')); })),
  },
  {
    name: 'rule for the gateway of its own namespace only',
    noticedBy: 'recipe-beside',
    breaks: change('DestinationRule', (spec) => { spec.exportTo = ['.']; }, toGateway),
  },
  {
    name: 'no rule for the sidecars without a Secret',
    noticedBy: 'client-certificate',
    breaks: forget('DestinationRule', ({ metadata: { namespace }, spec }) => namespace === 'shop' && !spec.workloadSelector),
  },
  {
    name: 'rule of the sidecars without a Secret for its own namespace by a dot',
    noticedBy: 'client-certificate',
    breaks: change('DestinationRule', (spec) => { if (!spec.workloadSelector) { spec.exportTo = ['.']; } }),
  },
  ...([
    ['files of a Secret that every user reads', change('Deployment', eachSecret((secret) => { secret.defaultMode = 0o444; }))],
    ['files of a Secret without the password', change('Deployment', eachSecret((secret) => {
      secret.items = secret.items.filter(({ key }: Mutable) => key !== 'password');
    }))],
    ['files of a Secret at another place', change('Deployment', (spec) => {
      spec.template.spec.containers[0].volumeMounts?.forEach((mount: Mutable) => { mount.mountPath += '-2'; });
    })],
  ] as const).map(([name, breaks]) => ({ name, noticedBy: 'credentials-files', breaks })),
  {
    name: 'endpoints without an order',
    noticedBy: 'failover',
    breaks: change('DestinationRule', (spec) => { delete spec.trafficPolicy?.loadBalancer; }),
  },
  {
    name: 'endpoints in the wrong order',
    noticedBy: 'failover',
    breaks: change('ServiceEntry', (spec) => {
      const labels = spec.endpoints?.map((endpoint: Mutable) => endpoint.labels) ?? [];
      spec.endpoints?.forEach((endpoint: Mutable, i: number) => { endpoint.labels = labels[labels.length - 1 - i]; });
    }),
  },
  {
    name: 'host resolved as its pod does',
    noticedBy: 'virtual-ips',
    breaks: change('ServiceEntry', (spec) => { if (!spec.hosts[0].startsWith('p')) { delete spec.endpoints; } }),
  },
  { name: 'missing policy', noticedBy: 'namespace-client', breaks: forget('AuthorizationPolicy', ofGateway) },
  {
    name: 'policy for another namespace',
    noticedBy: 'namespace-client',
    breaks: change('AuthorizationPolicy', (spec) => { spec.rules[0].from[0].source.notPrincipals.push('cluster.local/ns/mallory/sa/*'); }, ofGateway),
  },
  {
    name: 'policy on another server name',
    noticedBy: 'namespace-client',
    breaks: change('AuthorizationPolicy', (spec) => { spec.rules[0].when[0].values = ['in.other.*']; }, ofGateway),
  },
  ...([
    ['real host on the way to the gateway', change('VirtualService', withoutRewrite, inMesh)],
    ['server name as the host outside', change('VirtualService', withoutRewrite, atGateway)],
    ['identity of the client told to the host outside', change('VirtualService', (spec) => { spec.http?.forEach((rule: Mutable) => { delete rule.headers; }); }, atGateway)],
    ['one host for every client namespace', change('VirtualService', (spec) => { spec.http = spec.http?.slice(-1); }, inMesh)],
    ['HTTP/1.1 on the way to the gateway', change('DestinationRule', eachLeg((settings) => { delete settings.connectionPool.http; }), toGateway)],
    ['no client certificate', change('DestinationRule', (spec) => {
      if (spec.trafficPolicy.tls?.mode === 'MUTUAL') { spec.trafficPolicy.tls.mode = 'SIMPLE'; }
    }, originates)],
    ['answers count as failures', change('DestinationRule', eachLeg((settings) => {
      settings.outlierDetection = { consecutive5xxErrors: 1, interval: '1s', baseEjectionTime: '10s', maxEjectionPercent: 100 };
    }), toGateway)],
  ] as const).map(([name, breaks]) => ({ name, noticedBy: 'http-api', breaks })),
  ...([
    ['plaintext to the host outside', change('DestinationRule', (spec) => {
      delete spec.trafficPolicy.tls;
      spec.trafficPolicy.portLevelSettings?.forEach((setting: Mutable) => { setting.tls = { mode: 'DISABLE' }; });
    }, originates)],
    ['any name in the certificate of the host outside', change('DestinationRule', (spec) => {
      for (const settings of [spec.trafficPolicy, ...spec.trafficPolicy.portLevelSettings ?? []] as Mutable[]) {
        if (settings.tls) { Object.assign(settings.tls, { caCertificates: undefined, subjectAltNames: undefined, insecureSkipVerify: true }); }
      }
    }, originates)],
  ] as const).map(([name, breaks]) => ({ name, noticedBy: 'tls-origination', breaks })),
  {
    name: 'port of PostgreSQL read as TLS',
    noticedBy: 'postgres',
    breaks: change('ServiceEntry', (spec) => { spec.ports[0].protocol = 'TLS'; }, seenByClients),
  },
  {
    name: 'port of PostgreSQL read as HTTP',
    noticedBy: 'postgres',
    breaks: change('ServiceEntry', (spec) => { spec.ports[0].protocol = 'HTTP'; }, seenByClients),
  },
  ...([
    ['redis-cluster', 'redis-2.example.com', '192.0.2.51'],
    ['kafka', 'kafka-2.example.com', '192.0.2.54'],
    ['platform', 'sessions.staging.example.com', '192.0.2.18'],
  ] as const).map(([noticedBy, member, other]) => ({
    name: `upstream of ${member} leads to another server`,
    noticedBy,
    breaks: change('ServiceEntry', (spec) => { spec.endpoints = [{ address: other }]; }, upstreamOf(member)),
  })),
  ...([
    ['redis-cluster', 'redis-3.example.com'],
    ['mongo-replica-set', 'mongo-3.example.com'],
  ] as const).map(([noticedBy, member]) => ({
    name: `missing upstream of ${member}`,
    noticedBy,
    breaks: forget('ServiceEntry', upstreamOf(member)),
  })),
  ...([
    ['header matches after the default route', change('VirtualService', (spec) => { spec.http?.reverse(); }, forSidecars)],
    ['header matches of the mesh alone', change('VirtualService', (spec) => { spec.http = spec.http?.slice(-1); }, atIngress)],
    ['every version for what is split', change('VirtualService', eachRule((rule) => {
      if (rule.route.length > 1) { rule.route = [{ destination: { ...rule.route[0].destination, subset: undefined } }]; }
    }), atIngress)],
    ['all for the first version of a split', change('VirtualService', eachRule((rule) => { rule.route.splice(1); }), forSidecars)],
    ['mirror to the version of the header', change('VirtualService', eachRule((rule) => {
      if (rule.match) { rule.mirror = { host: rule.route[0].destination.host, subset: 'v3' }; }
    }), forSidecars)],
    ['no mirror', change('VirtualService', eachRule((rule) => { delete rule.mirror; }), atIngress)],
    ['faults for everybody', change('VirtualService', (spec) => {
      const fault = spec.http?.find((rule: Mutable) => rule.fault)?.fault;
      if (fault) { spec.http.at(-1).fault = fault; }
    }, forSidecars)],
    ['no faults', change('VirtualService', eachRule((rule) => { delete rule.fault; }), atIngress)],
    ['no timeout', change('VirtualService', eachRule((rule) => { delete rule.timeout; }), forSidecars)],
    ['no timeout for those with a header', change('VirtualService', eachRule((rule) => {
      if (rule.match) { delete rule.timeout; }
    }), atIngress)],
    ['plaintext that is not redirected', change('Gateway', eachTls((tls) => { delete tls.httpsRedirect; }))],
    ['certificate of another host', change('Gateway', eachTls((tls) => {
      if (tls.credentialName) { tls.credentialName = 'partners-certificate'; }
    }))],
    ['no certificate demanded', change('Gateway', eachTls((tls) => { if (tls.mode === 'MUTUAL') { tls.mode = 'SIMPLE'; } }))],
    ['any pod for a user', change('DestinationRule', (spec) => { delete spec.trafficPolicy.loadBalancer; }, balanced)],
    ['answers of a sidecar that count for nothing', change('DestinationRule', (spec) => {
      const { consecutiveGatewayErrors: errors, ...more } = spec.trafficPolicy.outlierDetection;
      spec.trafficPolicy.outlierDetection = { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: errors, ...more };
    }, balanced)],
    ['every answer with an error counts', change('DestinationRule', (spec) => {
      spec.trafficPolicy.outlierDetection.consecutive5xxErrors = 2;
    }, balanced)],
  ] as const).map(([name, breaks]) => ({ name, noticedBy: 'mesh-rules', breaks })),
  ...([
    ['missing machine', forget('WorkloadEntry')],
    ['machine without an account', change('WorkloadEntry', (spec) => { delete spec.serviceAccount; })],
    ['machine without labels', change('WorkloadEntry', (spec) => { spec.labels = { other: 'label' }; })],
    ['machine without a policy', forget('AuthorizationPolicy', onMachines)],
    ['policy of another port of the machine', change('AuthorizationPolicy', (spec) => { spec.rules[0].to[0].operation.ports = ['3307']; }, onMachines)],
    ['policy for the whole namespace of the client', change('AuthorizationPolicy', (spec) => {
      spec.rules[0].from[0].source.principals = ['cluster.local/ns/bookinfo/sa/*'];
    }, onMachines)],
    ['service on machines visible to everybody', (object: KubeObject) => {
      const { annotations, ...metadata } = object.metadata;
      return annotations?.['networking.istio.io/exportTo'] ? { ...object, metadata } : object;
    }],
  ] as const).map(([name, breaks]) => ({ name, noticedBy: 'virtual-machine', breaks })),
  ...([
    ['group without an account', change('WorkloadGroup', (spec) => { spec.template = {}; })],
    ['group without labels', change('WorkloadGroup', (spec) => { delete spec.metadata; })],
    ['group without a probe', change('WorkloadGroup', (spec) => { delete spec.probe; })],
    ['probe of the sidecar in place of the application', change('WorkloadGroup', (spec) => { delete spec.probe.tcpSocket.host; })],
  ] as const).map(([name, breaks]) => ({ name, noticedBy: 'virtual-machine-registers', breaks })),
  ...([
    ['guard that warns alone', change('ValidatingAdmissionPolicyBinding', (spec) => { spec.validationActions = ['Warn']; })],
    ['guard of one version of the API', change('ValidatingAdmissionPolicy', ({ matchConstraints }) => {
      matchConstraints.resourceRules[0].apiVersions = ['v1'];
      matchConstraints.matchPolicy = 'Exact';
    })],
    ['guard of new objects alone', change('ValidatingAdmissionPolicy', ({ matchConstraints }) => { matchConstraints.resourceRules[0].operations = ['CREATE']; })],
    ['guard of one selector alone', inPlaceOf('binds', 'variables.labels.all(l, l in variables.selector && variables.selector[l] == variables.labels[l])')],
    ['guard that looks at selectors alone', inPlaceOf('service', 'false')],
    ['guard that knows no server names', inPlaceOf('foreign', '[]')],
    ['guard that knows no owners', inPlaceOf('owned', '[]')],
    ['guard that compares hosts as they are written', eachVariable((variable) => { variable.expression = variable.expression.replaceAll('.lowerAscii()', ''); })],
    ['guard that lets anybody attach to a team\'s Gateway', inPlaceOf('attached', '[].filter(g, g == "")')],
    ['guard that lets only the gateway\'s own namespace use it', inPlaceOf('namespaces', '["istio-system"]')],
    ['guard that takes entries without exportTo for private ones', inPlaceOf('seen', '"*" in variables.exportTo || "istio-system" in variables.exportTo')],
  ] as const).map(([name, breaks]) => ({ name, noticedBy: 'guard', breaks })),
  ...([
    ['access log of a provider that the mesh does not have', change('Telemetry', (spec) => { spec.accessLogging[0].providers[0].name = 'nowhere'; })],
    ['access log of other pods', change('Telemetry', (spec) => { if (spec.selector) { spec.selector.matchLabels = { app: 'other' }; } })],
    ['gateway without the statistics of its alerts', change('Deployment', (spec) => { delete spec.template.metadata.annotations?.['proxy.istio.io/config']; })],
    ['alerts of the pods of another gateway', eachExpression((expr) => expr.replace(/pod=~"(\w+)-\[/g, 'pod=~"$1-2-['))],
    ['alerts that take the first sample for the beginning', eachExpression((expr) => expr.replace(FROM_ZERO, '$2'))],
    ['alert of handshakes with a certificate alone', eachExpression((expr) => expr.replace(/fail_verify_no_cert/g, 'fail_verify_cert_hash'))],
    ['alert of denied connections alone', eachExpression((expr) => expr.replace(/envoy_http_rbac/g, 'envoy_tcp'))],
    ['alert of denied requests alone', eachExpression((expr) => expr.replace(/tcp_prefix="rbac"/g, 'tcp_prefix="other"'))],
    ['alerts of a namespace by Istio\'s metrics alone', eachExpression((expr) => expr.replace(/ or on \(\) .*\) (>=)/, ') $1'))],
    ['alert of a certificate that has expired', eachExpression((expr) => expr.replace(/< 21600$/, '< 0'))],
  ] as const).map(([name, breaks]) => ({ name, noticedBy: 'telemetry', breaks })),
];
