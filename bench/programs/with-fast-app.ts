/** The services declared with the library, in its own app. */
import { FastApp } from 'cdk8s-istio-egress';
import { declareServices } from './declare-services';
import { synthesise } from './synthesise';

synthesise(declareServices, FastApp);
