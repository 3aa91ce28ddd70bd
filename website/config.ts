/** The settings of VitePress, as its own file has them. */
import { constructPages } from './constructs';
import { GROUPS, titleOf } from './pages';
import { SEARCH } from './search';

/** The text of the settings. */
export function configText(outDir: string): string {
  const documents = GROUPS.map(({ title, pages }) => ({ text: title, items: pages.map(page => ({ text: titleOf(page), link: `/${page.place}` })) }));
  // Groups that fold are buttons inside of buttons, which screen readers cannot tell apart: each part of the site has its own sidebar.
  const sidebar = {
    '/recipes/': documents.filter(({ text }) => text === 'Recipes'),
    '/constructs/': constructPages().map(({ title, names }) => ({ text: title, items: names.map(name => ({ text: name, link: `/constructs/${name}` })) })),
    '/': documents.filter(({ text }) => text !== 'Recipes'),
  };
  const config = {
    title: 'cdk8s-istio-egress',
    description: 'Typed cdk8s constructs for what lies outside an Istio mesh',
    lang: 'en',
    outDir,
    cleanUrls: false,
    lastUpdated: false,
    // The policy of the playground lets it fetch no other page.
    router: { prefetchLinks: false },
    head: [['link', { rel: 'icon', href: 'data:,' }]],
    markdown: { theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } },
    themeConfig: {
      nav: [
        { text: 'Guide', link: '/guide' }, { text: 'Recipes', link: '/recipes/' }, { text: 'Constructs', link: '/constructs/' }, { text: 'Try it', link: '/playground' },
      ],
      sidebar,
      search: { provider: 'local', options: { miniSearch: { searchOptions: SEARCH } } },
      outline: { level: [2, 3] },
      footer: { message: 'Apache-2.0' },
    },
  };
  return `import { searchable } from './search.mjs';
import { withoutInterpolation } from './vue.mjs';

const config = ${JSON.stringify(config, undefined, 2)};
config.markdown.config = withoutInterpolation;
config.themeConfig.search.options._render = searchable;

export default config;
`;
}
