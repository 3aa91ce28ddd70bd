import { accountIsDefault } from './account-is-default';
import { accountMissing } from './account-missing';
import { acknowledgementUnused } from './acknowledgement-unused';
import { addressDeclaredTwice } from './address-declared-twice';
import { allowDeniesTheRest } from './allow-denies-the-rest';
import { allowNothingDeniesClients } from './allow-nothing-denies-clients';
import { ambientEndpointIsAddress } from './ambient-endpoint-is-address';
import { ambientIgnoresRoute } from './ambient-ignores-route';
import { annotationUnknown } from './annotation-unknown';
import { aroundTheWaypoint } from './around-the-waypoint';
import { credentialOnSidecar } from './credential-on-sidecar';
import { delegateIgnored } from './delegate-ignored';
import { dependencyExpired } from './dependency-expired';
import { destinationPort } from './destination-port';
import { destinationRuleReplaced } from './destination-rule-replaced';
import { destinationUnknown } from './destination-unknown';
import { endpointsOfOtherPort } from './endpoints-of-other-port';
import { entrySelectsNothing } from './entry-selects-nothing';
import { exportedToEverybody } from './exported-to-everybody';
import { fieldMisspelt } from './field-misspelt';
import { fieldUnknown } from './field-unknown';
import { fileOverwritten } from './file-overwritten';
import { gatewayHostTwice } from './gateway-host-twice';
import { gatewayLabelledForMtls } from './gateway-labelled-for-mtls';
import { gatewayMissing } from './gateway-missing';
import { gatewayNameHasDot } from './gateway-name-has-dot';
import { gatewayPortMixed } from './gateway-port-mixed';
import { gatewayPortNotOnService } from './gateway-port-not-on-service';
import { gatewaySelectsNothing } from './gateway-selects-nothing';
import { gatewayServiceSelectsNothing } from './gateway-service-selects-nothing';
import { gatewayWithoutRoute } from './gateway-without-route';
import { hiddenFromGateway } from './hidden-from-gateway';
import { hostDeclaredTwice } from './host-declared-twice';
import { hostNetworkInLockdown } from './host-network-in-lockdown';
import { hostOfCluster } from './host-of-cluster';
import { httpInTcpPolicy } from './http-in-tcp-policy';
import { istioLabelUnread } from './istio-label-unread';
import { istioMutualToOutside } from './istio-mutual-to-outside';
import { kindUnknown } from './kind-unknown';
import { legMissing } from './leg-missing';
import { literalPassword } from './literal-password';
import { lockdownOpened } from './lockdown-opened';
import { managedNameFixedAddress } from './managed-name-fixed-address';
import { matchOfOtherGateway } from './match-of-other-gateway';
import { matchUnreachable } from './match-unreachable';
import { membersInOneEntry } from './members-in-one-entry';
import { namespaceMisspelt } from './namespace-misspelt';
import { networkPolicyCutsGateway } from './network-policy-cuts-gateway';
import { networkPolicyCutsLongAnswers } from './network-policy-cuts-long-answers';
import { networkPolicyCutsMesh } from './network-policy-cuts-mesh';
import { networkPolicyCutsService } from './network-policy-cuts-service';
import { newerThanMesh } from './newer-than-mesh';
import { noneBehindGateway } from './none-behind-gateway';
import { objectWrittenTwice } from './object-written-twice';
import { originationNamesTooLittle } from './origination-names-too-little';
import { originationWithoutName } from './origination-without-name';
import { partialWildcard } from './partial-wildcard';
import { plaintextToTlsPort } from './plaintext-to-tls-port';
import { policyNeedsIdentity } from './policy-needs-identity';
import { policyOnClient } from './policy-on-client';
import { policyPortOfService } from './policy-port-of-service';
import { policyPortUnknown } from './policy-port-unknown';
import { policySelectsNothing } from './policy-selects-nothing';
import { portCapturedTwice } from './port-captured-twice';
import { portOfHttpService } from './port-of-http-service';
import { portPastGateway } from './port-past-gateway';
import { principalNeverMatches } from './principal-never-matches';
import { principalOfOtherTrustDomain } from './principal-of-other-trust-domain';
import { promiseNeedsRegistryOnly } from './promise-needs-registry-only';
import { protocolBreaksTls } from './protocol-breaks-tls';
import { rangeMayHoldRouted } from './range-may-hold-routed';
import { routeBypassed } from './route-bypassed';
import { routeHiddenFromClients } from './route-hidden-from-clients';
import { routeHidesWildcard } from './route-hides-wildcard';
import { routeHostNotServed } from './route-host-not-served';
import { routeOfAnotherProtocol } from './route-of-another-protocol';
import { Rule } from './rule';
import { ruleNotLookedUp } from './rule-not-looked-up';
import { scopeSelectsNothing } from './scope-selects-nothing';
import { secondDoor } from './second-door';
import { secretElsewhere } from './secret-elsewhere';
import { secretMissing } from './secret-missing';
import { serverFirstIsInspected } from './server-first-is-inspected';
import { serverNameMisspelt } from './server-name-misspelt';
import { serverNameNeverSent } from './server-name-never-sent';
import { serverOnLoopback } from './server-on-loopback';
import { serverWithSeveralDestinations } from './server-with-several-destinations';
import { settingsOfOtherPort } from './settings-of-other-port';
import { sidecarClosesByDefault } from './sidecar-closes-by-default';
import { sidecarHidesRoute } from './sidecar-hides-route';
import { sidecarHidesService } from './sidecar-hides-service';
import { sidecarImportsOneAddress } from './sidecar-imports-one-address';
import { sidecarTwice } from './sidecar-twice';
import { sourceIgnored } from './source-ignored';
import { staticWithoutEndpoints } from './static-without-endpoints';
import { subnetsOfNothing } from './subnets-of-nothing';
import { subsetMissing } from './subset-missing';
import { subsetSelectsNothing } from './subset-selects-nothing';
import { targetIgnored } from './target-ignored';
import { tcpOnWebPort } from './tcp-on-web-port';
import { tlsBeforeStarttls } from './tls-before-starttls';
import { tlsDeclaredBeforeStarttls } from './tls-declared-before-starttls';
import { tlsOnStarttlsPort } from './tls-on-starttls-port';
import { tlsToPlaintextPort } from './tls-to-plaintext-port';
import { tlsTwice } from './tls-twice';
import { virtualServiceIgnored } from './virtual-service-ignored';
import { waypointFailsOpen } from './waypoint-fails-open';
import { wildcardByName } from './wildcard-by-name';

/** Every rule, in the order of the ids. */
export const CATALOGUE: readonly Rule[] = [
  objectWrittenTwice,
  fileOverwritten,
  namespaceMisspelt,
  fieldMisspelt,
  kindUnknown,
  fieldUnknown,
  istioLabelUnread,
  hostDeclaredTwice,
  addressDeclaredTwice,
  portCapturedTwice,
  portOfHttpService,
  tcpOnWebPort,
  membersInOneEntry,
  managedNameFixedAddress,
  hostOfCluster,
  exportedToEverybody,
  staticWithoutEndpoints,
  protocolBreaksTls,
  serverFirstIsInspected,
  partialWildcard,
  wildcardByName,
  entrySelectsNothing,
  endpointsOfOtherPort,
  plaintextToTlsPort,
  tlsDeclaredBeforeStarttls,
  routeBypassed,
  gatewayPortMixed,
  gatewayHostTwice,
  gatewayWithoutRoute,
  gatewayMissing,
  routeHostNotServed,
  serverWithSeveralDestinations,
  noneBehindGateway,
  hiddenFromGateway,
  gatewayPortNotOnService,
  legMissing,
  gatewayNameHasDot,
  gatewaySelectsNothing,
  gatewayLabelledForMtls,
  accountIsDefault,
  routeHiddenFromClients,
  serverOnLoopback,
  portPastGateway,
  gatewayServiceSelectsNothing,
  rangeMayHoldRouted,
  secondDoor,
  destinationRuleReplaced,
  virtualServiceIgnored,
  ruleNotLookedUp,
  subsetMissing,
  destinationUnknown,
  subsetSelectsNothing,
  destinationPort,
  matchUnreachable,
  routeOfAnotherProtocol,
  routeHidesWildcard,
  matchOfOtherGateway,
  delegateIgnored,
  subnetsOfNothing,
  settingsOfOtherPort,
  sourceIgnored,
  ambientEndpointIsAddress,
  ambientIgnoresRoute,
  waypointFailsOpen,
  aroundTheWaypoint,
  sidecarTwice,
  sidecarHidesService,
  networkPolicyCutsService,
  lockdownOpened,
  hostNetworkInLockdown,
  networkPolicyCutsMesh,
  sidecarHidesRoute,
  sidecarClosesByDefault,
  networkPolicyCutsLongAnswers,
  sidecarImportsOneAddress,
  networkPolicyCutsGateway,
  scopeSelectsNothing,
  secretElsewhere,
  credentialOnSidecar,
  originationWithoutName,
  tlsTwice,
  tlsBeforeStarttls,
  literalPassword,
  secretMissing,
  originationNamesTooLittle,
  tlsOnStarttlsPort,
  istioMutualToOutside,
  tlsToPlaintextPort,
  serverNameMisspelt,
  policyNeedsIdentity,
  httpInTcpPolicy,
  policySelectsNothing,
  allowDeniesTheRest,
  allowNothingDeniesClients,
  principalNeverMatches,
  policyOnClient,
  serverNameNeverSent,
  principalOfOtherTrustDomain,
  accountMissing,
  targetIgnored,
  policyPortOfService,
  policyPortUnknown,
  promiseNeedsRegistryOnly,
  acknowledgementUnused,
  dependencyExpired,
  annotationUnknown,
  newerThanMesh,
];
