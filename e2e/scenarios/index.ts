import { adoption } from './adoption';
import { allowAny } from './allow-any';
import { bookinfoClosed } from './bookinfo-closed';
import { bootstrapHostile, bootstrapMysql, bootstrapPostgres, ratingsWithBootstrap } from './bootstrap';
import { byName } from './by-name';
import { cartDirect } from './cart-direct';
import { cartViaGateway } from './cart-via-gateway';
import { cleanRemoval } from './clean-removal';
import { clientCertificate } from './client-certificate';
import { clientRepository } from './client-repository';
import { credentialsFiles } from './credentials-files';
import { detailsHttps } from './details-https';
import { failover } from './failover';
import { addressChanged, databaseRestarted, endpointDown, gatewayKilled, istiodDown, policyChanged } from './faults';
import { gatewayNeighbour } from './gateway-neighbour';
import { guard } from './guard';
import { hostileTenant } from './hostile-tenant';
import { httpApi } from './http-api';
import { kafka } from './kafka';
import { lockdown, matrix } from './matrix';
import { meshRules } from './mesh-rules';
import { mongo } from './mongo';
import { mongoReplicaSet } from './mongo-replica-set';
import { namespaceClient } from './namespace-client';
import { otherTeam } from './other-team';
import { ownGateway } from './own-gateway';
import { pathCost } from './path-cost';
import { platform, platformAllowAny } from './platform';
import { platformService } from './platform-service';
import { postgres } from './postgres';
import { pushTime } from './push-time';
import { ratingsDirect } from './ratings-direct';
import { ratingsMongodb } from './ratings-mongodb';
import { ratingsViaGateway } from './ratings-via-gateway';
import { recipeBeside } from './recipe-beside';
import { redisCluster } from './redis-cluster';
import { redisSentinel } from './redis-sentinel';
import { refusedFlood } from './refused-flood';
import { requestLimits } from './request-limits';
import { sameHostTwice } from './same-host-twice';
import { sentences } from './sentences';
import { settings } from './settings';
import { sideBySide } from './side-by-side';
import { ownGatewaySize, size } from './size';
import { speaksTls } from './speaks-tls';
import { telemetry } from './telemetry';
import { tlsOrigination } from './tls-origination';
import { twoPorts } from './two-ports';
import { virtualIps } from './virtual-ips';
import { virtualMachine, virtualMachineAsEntry, virtualMachineRegisters } from './virtual-machine';
import { virtualMachineDown } from './virtual-machine-down';
import { wildcards } from './wildcards';
import { Scenario } from '../lab/scenario';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [
  ratingsDirect,
  ratingsViaGateway,
  bookinfoClosed,
  ratingsMongodb,
  detailsHttps,
  cartDirect,
  cartViaGateway,
  sideBySide,
  platformService,
  platform,
  platformAllowAny,
  sameHostTwice,
  byName,
  virtualIps,
  failover,
  wildcards,
  twoPorts,
  speaksTls,
  httpApi,
  tlsOrigination,
  requestLimits,
  clientCertificate,
  credentialsFiles,
  sentences,
  meshRules,
  settings,
  postgres,
  bootstrapMysql,
  bootstrapPostgres,
  bootstrapHostile,
  ratingsWithBootstrap,
  mongo,
  mongoReplicaSet,
  redisCluster,
  redisSentinel,
  kafka,
  virtualMachine,
  virtualMachineRegisters,
  virtualMachineAsEntry,
  virtualMachineDown,
  matrix,
  lockdown,
  namespaceClient,
  clientRepository,
  gatewayNeighbour,
  ownGateway,
  hostileTenant,
  guard,
  recipeBeside,
  allowAny,
  adoption,
  cleanRemoval,
  databaseRestarted,
  gatewayKilled,
  endpointDown,
  addressChanged,
  istiodDown,
  otherTeam,
  policyChanged,
  refusedFlood,
  telemetry,
  pathCost,
  size,
  ownGatewaySize,
  pushTime,
];
