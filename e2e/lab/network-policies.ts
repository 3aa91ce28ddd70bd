import * as fs from 'node:fs';
import * as path from 'node:path';
import { Failure } from './failure';
import type { Lab } from './lab';
import type { Pod } from './pod';
import { must } from './processes';

/** What the pods of the cluster's own components are in the lab: programs at its gateway address. */
const COMPONENTS = [
  { pod: 'kube-system/coredns-0', labels: { 'k8s-app': 'kube-dns' }, ip: '10.255.0.1', ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }] },
  { pod: 'istio-system/istiod-0', labels: { app: 'istiod' }, ip: '10.255.0.2', ports: [{ port: 15012, protocol: 'TCP' }] },
];

interface Question {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: string;
}

interface Verdicts {
  readonly pods: readonly { readonly pod: string; readonly egress: readonly string[]; readonly ingress: readonly string[] }[];
  readonly answers: readonly (Question & { readonly egress: boolean })[];
}

const nameOf = (pod: Pod): string => `${pod.namespace}/${pod.name}`;

/**
 * What a network plugin does with the NetworkPolicies of the cluster: an evaluator decides which connections a pod may open, and the pod's own network drops the
 * others. Only egress; the lab refuses policies of ingress.
 *
 * @param ports the ports that anything in the scenario listens on; connections to every other port are dropped
 */
export async function enforceNetworkPolicies(lab: Lab, ports: readonly number[]): Promise<void> {
  const folder = fs.mkdtempSync(path.join(lab.folder, 'network-policies-'));
  const policies = await lab.kube.list('/apis/networking.k8s.io/v1/networkpolicies');
  // a list names no kind for its items
  const documents = policies.map((policy) => JSON.stringify({ ...policy, apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }));
  fs.writeFileSync(path.join(folder, 'policies.yaml'), documents.join('\n---\n'));
  const hosts = lab.network.addresses.taken.filter((address) => !lab.pods.some((pod) => pod.address === address));
  const questions = lab.pods.flatMap((pod): Question[] => [
    ...[...lab.pods.filter((other) => other !== pod).map(nameOf), ...hosts].flatMap((to) => ports.map((port) => ({ from: nameOf(pod), to, port, protocol: 'TCP' }))),
    ...COMPONENTS.flatMap((component) => component.ports.map((port) => ({ from: nameOf(pod), to: component.pod, ...port }))),
  ]);
  const asked = {
    pods: [
      ...lab.pods.map((pod) => ({ namespace: pod.namespace, name: pod.name, labels: pod.labels, ip: pod.address })),
      ...COMPONENTS.map(({ pod, labels, ip }) => ({ namespace: pod.split('/')[0], name: pod.split('/')[1], labels, ip })),
    ],
    questions,
  };
  const verdicts = JSON.parse(await must([lab.parts.netpol, folder], { stdin: JSON.stringify(asked), timeout: 60 })) as Verdicts;
  const refused = verdicts.pods.find(({ ingress }) => ingress.length > 0);
  if (refused) { throw new Failure(`the lab does not emulate policies of ingress, and ${refused.ingress.join()} isolates ${refused.pod}`); }
  await Promise.all(lab.pods.map((pod) => write(pod, verdicts, lab)));
}

async function write(pod: Pod, { pods, answers }: Verdicts, lab: Lab): Promise<void> {
  const isolated = pods.some((verdict) => verdict.pod === nameOf(pod) && verdict.egress.length > 0);
  const addressOf = (to: string): string => COMPONENTS.some((component) => component.pod === to) ? lab.network.gateway
    : lab.pods.find((other) => nameOf(other) === to)?.address ?? to;
  const allowed = answers.filter(({ from, egress }) => from === nameOf(pod) && egress);
  const rules = [
    '-A OUTPUT -o lo -j ACCEPT',
    // what the application sends, on its way to the sidecar
    '-A OUTPUT -d 127.0.0.0/8 -j ACCEPT',
    // a policy is asked when a connection opens; what is open stays
    '-A OUTPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT',
    ...allowed.map(({ to, port, protocol }) => `-A OUTPUT -p ${protocol.toLowerCase()} -d ${addressOf(to)} --dport ${port} -j ACCEPT`),
    // a plugin drops; a refusal tells the same sooner
    '-A OUTPUT -j REJECT',
  ];
  await pod.machine.must(['iptables-restore', '--noflush'], { stdin: `*filter\n:OUTPUT ACCEPT [0:0]\n-F OUTPUT\n${isolated ? `${rules.join('\n')}\n` : ''}COMMIT\n` });
}
