import { addressDeclaredTwice } from './address-declared-twice';
import { ambientEndpointIsAddress } from './ambient-endpoint-is-address';
import { destinationRuleReplaced } from './destination-rule-replaced';
import { fileOverwritten } from './file-overwritten';
import { gatewayHostTwice } from './gateway-host-twice';
import { gatewayPortMixed } from './gateway-port-mixed';
import { hostDeclaredTwice } from './host-declared-twice';
import { hostNetworkInLockdown } from './host-network-in-lockdown';
import { lockdownOpened } from './lockdown-opened';
import { networkPolicyCutsService } from './network-policy-cuts-service';
import { objectWrittenTwice } from './object-written-twice';
import { portCapturedTwice } from './port-captured-twice';
import { portOfHttpService } from './port-of-http-service';
import { routeBypassed } from './route-bypassed';
import { Rule } from './rule';
import { secretElsewhere } from './secret-elsewhere';
import { sidecarHidesService } from './sidecar-hides-service';
import { sidecarTwice } from './sidecar-twice';
import { virtualServiceIgnored } from './virtual-service-ignored';

/** Every rule, in the order of the ids. */
export const CATALOGUE: readonly Rule[] = [
  objectWrittenTwice,
  fileOverwritten,
  hostDeclaredTwice,
  addressDeclaredTwice,
  portCapturedTwice,
  portOfHttpService,
  routeBypassed,
  gatewayPortMixed,
  gatewayHostTwice,
  destinationRuleReplaced,
  virtualServiceIgnored,
  ambientEndpointIsAddress,
  sidecarTwice,
  sidecarHidesService,
  networkPolicyCutsService,
  lockdownOpened,
  hostNetworkInLockdown,
  secretElsewhere,
];
