import DefaultTheme from 'vitepress/theme-without-fonts';
import './style.css';

const PLAYGROUND = '/playground.html';

export default {
  extends: DefaultTheme,
  enhanceApp({ router }) {
    // Its policy is that of a document: it holds from the first byte, and no page after it is held by it.
    router.onBeforeRouteChange = to => {
      if (import.meta.env.SSR) {
        return true;
      }
      const { pathname } = new URL(to, location.href);
      const isAnother = pathname !== location.pathname && [pathname, location.pathname].some(place => place.endsWith(PLAYGROUND));
      if (isAnother) {
        location.href = to;
      }
      return !isAnother;
    };
  },
};
