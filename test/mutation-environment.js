// JavaScript, because Stryker loads a test environment without compiling it.
const NodeEnvironment = require('@stryker-mutator/jest-runner/jest-env/node');

/** For mutants only: the first test that fails has noticed the mutant, so the tests after it need not run. */
module.exports = class extends NodeEnvironment {
  noticed = false;

  async handleTestEvent(event) {
    if (event.name === 'test_start' && this.noticed) {
      event.test.mode = 'skip';
    }
    if (event.name === 'test_done' && event.test.errors.length > 0) {
      this.noticed = true;
    }
  }
};
