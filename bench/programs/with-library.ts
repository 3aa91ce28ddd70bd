/** The services declared with the library. */
import { App } from 'cdk8s';
import { declareServices } from './declare-services';
import { synthesise } from './synthesise';

synthesise(declareServices, App);
