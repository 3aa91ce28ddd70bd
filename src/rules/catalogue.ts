import { addressDeclaredTwice } from './address-declared-twice';
import { ambientEndpointIsAddress } from './ambient-endpoint-is-address';
import { destinationPort } from './destination-port';
import { destinationRuleReplaced } from './destination-rule-replaced';
import { destinationUnknown } from './destination-unknown';
import { exportedToEverybody } from './exported-to-everybody';
import { fileOverwritten } from './file-overwritten';
import { gatewayHostTwice } from './gateway-host-twice';
import { gatewayLabelledForMtls } from './gateway-labelled-for-mtls';
import { gatewayMissing } from './gateway-missing';
import { gatewayNameHasDot } from './gateway-name-has-dot';
import { gatewayPortMixed } from './gateway-port-mixed';
import { gatewayPortNotOnService } from './gateway-port-not-on-service';
import { gatewaySelectsNothing } from './gateway-selects-nothing';
import { gatewayWithoutRoute } from './gateway-without-route';
import { hiddenFromGateway } from './hidden-from-gateway';
import { hostDeclaredTwice } from './host-declared-twice';
import { hostNetworkInLockdown } from './host-network-in-lockdown';
import { hostOfCluster } from './host-of-cluster';
import { legMissing } from './leg-missing';
import { lockdownOpened } from './lockdown-opened';
import { managedNameFixedAddress } from './managed-name-fixed-address';
import { matchUnreachable } from './match-unreachable';
import { membersInOneEntry } from './members-in-one-entry';
import { networkPolicyCutsService } from './network-policy-cuts-service';
import { noneBehindGateway } from './none-behind-gateway';
import { objectWrittenTwice } from './object-written-twice';
import { portCapturedTwice } from './port-captured-twice';
import { portOfHttpService } from './port-of-http-service';
import { protocolBreaksTls } from './protocol-breaks-tls';
import { routeBypassed } from './route-bypassed';
import { routeHiddenFromClients } from './route-hidden-from-clients';
import { routeHostNotServed } from './route-host-not-served';
import { routeOfAnotherProtocol } from './route-of-another-protocol';
import { Rule } from './rule';
import { ruleNotLookedUp } from './rule-not-looked-up';
import { secretElsewhere } from './secret-elsewhere';
import { serverFirstIsInspected } from './server-first-is-inspected';
import { serverWithSeveralDestinations } from './server-with-several-destinations';
import { sidecarHidesRoute } from './sidecar-hides-route';
import { sidecarHidesService } from './sidecar-hides-service';
import { sidecarTwice } from './sidecar-twice';
import { staticWithoutEndpoints } from './static-without-endpoints';
import { subsetMissing } from './subset-missing';
import { subsetSelectsNothing } from './subset-selects-nothing';
import { tcpOnWebPort } from './tcp-on-web-port';
import { virtualServiceIgnored } from './virtual-service-ignored';

/** Every rule, in the order of the ids. */
export const CATALOGUE: readonly Rule[] = [
  objectWrittenTwice,
  fileOverwritten,
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
  routeHiddenFromClients,
  destinationRuleReplaced,
  virtualServiceIgnored,
  ruleNotLookedUp,
  subsetMissing,
  destinationUnknown,
  subsetSelectsNothing,
  destinationPort,
  matchUnreachable,
  routeOfAnotherProtocol,
  ambientEndpointIsAddress,
  sidecarTwice,
  sidecarHidesService,
  networkPolicyCutsService,
  lockdownOpened,
  hostNetworkInLockdown,
  sidecarHidesRoute,
  secretElsewhere,
];
