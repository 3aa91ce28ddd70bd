import { ratingsDirect } from './ratings-direct';
import { ratingsViaGateway } from './ratings-via-gateway';
import type { Scenario } from '../lab/scenario';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [
  ratingsDirect,
  ratingsViaGateway,
];
