import { expect, it } from 'vitest';
import {
  renderPreviewComment,
  renderRemoved,
} from '../../../../controller/core/report/preview-comment.ts';

const SHOWN = {
  app: 'shop',
  environment: 'pulls',
  host: 'shop.acme-pulls.net',
  links: [
    { build: 'pr-12-345-1', url: 'https://shop.acme-pulls.net/?override_build_number=1~p~k' },
  ],
  commit: '0123456789abcdef0123456789abcdef01234567',
};

it('has the newest link, until when it works, and how to leave', () => {
  const text = renderPreviewComment({ ...SHOWN, expires: '2026-11-29T10:00:00.000Z' });
  expect(text).toMatchInlineSnapshot(`
    "<!-- headgate:preview shop -->
    ### Preview of shop

    **[Open build pr-12-345-1](https://shop.acme-pulls.net/?override_build_number=1~p~k)** of commit 0123456, on \`shop.acme-pulls.net\` (shop/pulls).

    Only the browser that opens the link sees it, on every page there, until it is closed or [leaves](https://shop.acme-pulls.net/?override_build_number=off).
    The link is signed: whoever has it may open it, until 2026-11-29 10:00 UTC. The next push makes new ones.
    All builds on that host share its cookies and storage: a private window keeps them apart."
  `);
});

it('folds earlier builds away, the first ten of them', () => {
  const more = Array.from({ length: 12 }, (_, index) => ({
    build: `pr-12-${300 - index}-1`,
    url: `https://shop.acme-pulls.net/?override_build_number=pr-12-${300 - index}-1`,
  }));
  const text = renderPreviewComment({ ...SHOWN, links: [...SHOWN.links, ...more] });
  expect(text.split('\n').slice(7)).toMatchInlineSnapshot(`
    [
      "All builds on that host share its cookies and storage: a private window keeps them apart.",
      "",
      "<details><summary>12 earlier builds of this pull request</summary>",
      "",
      "- [pr-12-300-1](https://shop.acme-pulls.net/?override_build_number=pr-12-300-1)",
      "- [pr-12-299-1](https://shop.acme-pulls.net/?override_build_number=pr-12-299-1)",
      "- [pr-12-298-1](https://shop.acme-pulls.net/?override_build_number=pr-12-298-1)",
      "- [pr-12-297-1](https://shop.acme-pulls.net/?override_build_number=pr-12-297-1)",
      "- [pr-12-296-1](https://shop.acme-pulls.net/?override_build_number=pr-12-296-1)",
      "- [pr-12-295-1](https://shop.acme-pulls.net/?override_build_number=pr-12-295-1)",
      "- [pr-12-294-1](https://shop.acme-pulls.net/?override_build_number=pr-12-294-1)",
      "- [pr-12-293-1](https://shop.acme-pulls.net/?override_build_number=pr-12-293-1)",
      "- [pr-12-292-1](https://shop.acme-pulls.net/?override_build_number=pr-12-292-1)",
      "- [pr-12-291-1](https://shop.acme-pulls.net/?override_build_number=pr-12-291-1)",
      "- and 2 more: \`headgate preview\` makes a link to each",
      "",
      "</details>",
    ]
  `);
});

it('says after the end that the links lead nowhere', () => {
  expect(renderRemoved('shop', 2)).toMatchInlineSnapshot(`
    "<!-- headgate:preview shop -->
    ### Preview of shop

    This pull request is closed. Its builds are removed, so the links lead nowhere.
    A browser that still has the preview leaves it with \`?override_build_number=off\`."
  `);
  expect(renderRemoved('shop', 0)).toContain('It has no builds any more');
});
