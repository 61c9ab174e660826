import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addsText, isNotice } from '../../../src/tweets/text.ts';

const HIDDEN = [
  'You’re unable to view this Post because this account owner limits who can view their Posts.',
  "You're unable to view this Post because it's only available to the Subscribers of the account owner.",
  'This Post is from a suspended account.',
  'This Post is from a private account.',
  'This Post is from an account that no longer exists.',
  'This Post was deleted by the Post author.',
  'This Post violated the X Rules.',
  'This Tweet violated the Twitter Rules.',
  'This Post from @some_one has been withheld in response to a report from the copyright holder.',
  "@some_one's account has been withheld in Germany in response to a legal demand.",
  "@some_one's account is temporarily unavailable because it violates the Twitter Media Policy.",
  'Age-restricted adult content. This content might not be appropriate for people under 18 years old. To view this media, you’ll need to log in to X.',
  'Due to local laws, we are temporarily restricting access to this content until X estimates your age.',
];

describe('the text of a tweet', () => {
  for (const notice of HIDDEN) {
    it(`is not known if X says in its place: ${notice.slice(0, 50)}`, () => {
      for (const apostrophe of ['’', "'"]) {
        for (const name of ['Post', 'Tweet']) {
          for (const end of ['', ' {learnmore}', ' Learn more', ' Learn more.', '\n']) {
            const text = notice.replaceAll(/['’]/g, apostrophe).replaceAll('Post', name) + end;
            assert.ok(isNotice(text), text);
          }
        }
      }
    });
  }

  it('is not known if it ends in the template of X’s link, in whatever language', () => {
    const notice =
      'このアカウントの所有者はツイートを表示できるアカウントを制限しているため、このツイートを表示できません。';
    assert.ok(isNotice(`${notice}{learnmore}`));
    assert.ok(isNotice('Este Post es de una cuenta suspendida. {learnmore}'));
    assert.ok(isNotice('This Post is unavailable. {learnmore}'));
  });

  for (const text of [
    '',
    'This Tweet is unavailable.',
    'Learn more',
    'Post this: {learnmore}',
    'My archive says "This Post is from a suspended account. {learnmore}"',
    'This Post is from a suspended account. Who was it?',
    'RT @a: This Tweet is from a suspended account.',
    "You're unable to view this Post because I say so. And then some.",
    `${'This Post is from a suspended account. '.repeat(20)}{learnmore}`,
  ]) {
    it(`is known if someone wrote it: ${JSON.stringify(text).slice(0, 60)}`, () =>
      assert.ok(!isNotice(text)));
  }

  it('is checked in time that does not grow with what it is made of', () => {
    for (const part of ["'", ' ', '.', 'tweet ', 'this post from ']) {
      const started = performance.now();
      isNotice(part.repeat(5000).slice(0, 5000));
      addsText(`${part.repeat(5000)}…`, part.repeat(5000));
      assert.ok(performance.now() - started < 1000, part);
    }
  });

  const notice = HIDDEN[0] as string;
  for (const [stored, given, adds] of [
    [null, 'Hello', true],
    [null, '', true],
    [null, null, false],
    [null, notice, false],
    [notice, 'Hello', true],
    [notice, notice, false],
    [notice, null, false],
    ['Hello', 'Hello, world', false],
    ['Hello', notice, false],
    ['', 'Hello', false],
    ['Hello …', 'Hello, world', true],
    ['Hello…', 'Hello, world', true],
    ['Hello...', 'Hello, world', true],
    ['Hello…', 'Hello, wo…', true],
    ['Hello…', 'Hello', false],
    ['Hello…', 'Hello...', false],
    ['Hello…', 'Hallo, world', false],
    ['…', 'Hello', false],
    ['Hello, world', 'Hello…', false],
  ] as const) {
    it(`${JSON.stringify(stored)?.slice(0, 20)} is ${adds ? '' : 'not '}replaced by ${JSON.stringify(given)?.slice(0, 20)}`, () => {
      assert.equal(addsText(stored, given), adds);
    });
  }

  it('is replaced a finite number of times, whatever comes', () => {
    const text = fc.stringMatching(/^[ab]{0,4}( ?(…|\.\.\.))?$/);
    fc.assert(
      fc.property(text, text, (a, b) => {
        assert.ok(!(addsText(a, b) && addsText(b, a)));
      }),
    );
  });
});
