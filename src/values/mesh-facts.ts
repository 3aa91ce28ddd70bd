import { checkClusterDns, checkControlPlane, ClusterDns, clusterDnsModel, ControlPlane, controlPlaneModel } from './cluster-components';
import { checkBoolean, checkDistinct, checkDnsLabel, checkDnsName, checkFullList, checkList, checkOneOf, checkProps, isDnsLabel } from '../private/check';
import { Fail, quote } from '../private/fail';
import { isBefore } from '../private/istio-version';
import { MeshModel } from '../private/model';
import { NEWEST_ISTIO, OLDEST_ISTIO } from '../private/newer-fields';
import { checkVirtualIpRange } from '../private/virtual-ip';

/** The facts of a mesh, as somebody writes those down that differ. */
export interface MeshFacts extends Partial<Omit<MeshModel, 'clusterDns' | 'controlPlane'>> {
  readonly clusterDns?: ClusterDns;
  readonly controlPlane?: ControlPlane;
}

const oneOf = (...values: string[]) => checkOneOf(Object.fromEntries(values.map(value => [value, value])));

function checkExports(fail: Fail, property: string, value: unknown): void {
  checkFullList((_, item, target) => {
    if (typeof target !== 'string' || !['.', '*', '~'].includes(target) && !isDnsLabel(target)) {
      fail(`'${item}' must be ".", "*", "~" or the name of a namespace, got ${quote(target)}`);
    }
  }, '"."')(fail, property, value);
}

function checkIstioVersion(fail: Fail, property: string, value: unknown): void {
  // One of three digits is a typing error for many years to come. A newer one than is known is none: a mesh may be upgraded first.
  if (typeof value !== 'string' || !/^1\.(0|[1-9]\d?)$/.test(value)) {
    // YAML reads 1.30 without quotation marks as the number 1.3.
    const meant = typeof value === 'string' ? /^v?(1\.\d\d)/.exec(value)?.[1] : undefined;
    fail(`'${property}' must be a minor version of Istio as a text, such as "${NEWEST_ISTIO}", got ${quote(value)}${
      typeof value === 'number' ? ': write it in quotation marks' : meant === undefined || isBefore(meant, OLDEST_ISTIO) ? '' : `: write "${meant}"`}`);
  } else if (isBefore(value, OLDEST_ISTIO)) {
    fail(`'${property}' must be "${OLDEST_ISTIO}" or newer, got ${quote(value)}: leave it out and declare the older 'apiVersion' "v1beta1"`);
  }
}

const CHECKS = {
  apiVersion: oneOf('v1', 'v1beta1', 'v1alpha3'),
  istioVersion: checkIstioVersion,
  trustDomain: checkDnsName,
  trustDomainAliases: checkList(checkDnsName, '"old.example"'),
  clusterDomain: checkDnsName,
  rootNamespace: checkDnsLabel,
  outboundTrafficPolicy: oneOf('REGISTRY_ONLY', 'ALLOW_ANY'),
  defaultServiceExportTo: checkExports,
  defaultVirtualServiceExportTo: checkExports,
  defaultDestinationRuleExportTo: checkExports,
  dataPlane: oneOf('sidecar', 'ambient'),
  dnsCapture: checkBoolean,
  ipAutoAllocate: checkBoolean,
  virtualIpRange: checkVirtualIpRange,
  clusterDns: checkClusterDns,
  controlPlane: checkControlPlane,
};

/** The names of the facts. */
export const FACTS: readonly string[] = Object.keys(CHECKS);

/** Checks facts that somebody wrote down. */
export function checkFacts(fail: Fail, what: string, facts: unknown): asserts facts is MeshFacts {
  checkProps(fail, what, facts, CHECKS);
  const { trustDomain = 'cluster.local', trustDomainAliases = [], virtualIpRange, dnsCapture, dataPlane } = facts as MeshFacts;
  checkDistinct(fail, 'trustDomainAliases', [trustDomain, ...trustDomainAliases]);
  if (virtualIpRange !== undefined && dnsCapture) {
    fail(`'virtualIpRange' ${quote(virtualIpRange)} with 'dnsCapture', where the sidecars answer with addresses of the mesh: leave one of them out`);
  }
  if (virtualIpRange !== undefined && dataPlane === 'ambient') {
    fail(`'virtualIpRange' ${quote(virtualIpRange)} is for sidecars, and in an ambient mesh ztunnel answers DNS: leave it out`);
  }
}

/** One of them, whatever the others are. */
export function checkFact(fail: Fail, what: string, name: string, value: unknown): void {
  checkProps(fail, what, { [name]: value }, CHECKS);
}

/** Facts as the rest of the library reads them. */
export function factsModel(facts: MeshFacts): Partial<MeshModel> {
  return {
    ...facts,
    isTrustDomainTold: facts.trustDomain === undefined ? undefined : true,
    ipAutoAllocate: facts.ipAutoAllocate ?? ((facts.apiVersion ?? 'v1') === 'v1' && !isBefore(facts.istioVersion ?? NEWEST_ISTIO, '1.25')),
    clusterDns: clusterDnsModel(facts.clusterDns ?? {}),
    controlPlane: controlPlaneModel(facts.controlPlane ?? {}),
  };
}
