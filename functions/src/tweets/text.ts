/**
 * Notices that X shows in place of a tweet's text, in the like.js of an archive and on the page. They match both names,
 * Tweet and Post, and are compared without the final link ("Learn more").
 */
const NOTICES = [
  /^you're unable to view this post(?: because [^.]{1,200})?$/,
  /^this post is from an? (?:suspended|private|protected) account$/,
  /^this post is from an account that no longer exists$/,
  /^this post (?:was|has been) deleted by the post author$/,
  /^this post violated the (?:twitter|x) rules$/,
  /^this post(?: from @?\w{1,50})? has been withheld in [^.]{1,200}$/,
  /^(?:@?\w{1,50}(?:'s)?|this) account (?:has been withheld in|is temporarily unavailable because) [^.]{1,200}$/,
  /^age-restricted adult content\. this content might not be appropriate for people under 18 years old\. to view this media, you'll need to log in to (?:twitter|x)$/,
  /^due to local laws, we are temporarily restricting access to this content until x estimates your age$/,
];

/** People also write these, so they only count as a notice if X's link follows. */
const WITH_LINK = /^this post is (?:unavailable|no longer available|not available)$/;

/** The link that ends a notice: as its template, which archives have in every language, or as English text. */
const TEMPLATE = /[.!。।؟]\s?\{learnmore\}$/iu;
const LINK = /\s?(?:\{learnmore\}|learn more)\.?$/iu;

const MAX_NOTICE = 300;

/** Whether a text is X's notice that it does not show the tweet. */
export function isNotice(text: string): boolean {
  if (text.length > MAX_NOTICE) return false;
  const trimmed = text.trim();
  if (TEMPLATE.test(trimmed)) return true;
  const withoutLink = trimmed.replace(LINK, '');
  const words = withoutLink
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/\btweet(?=s?\b)/g, 'post')
    .replace(/[.\s]+$/, '');
  return NOTICES.some((notice) => notice.test(words)) || (withoutLink !== trimmed && WITH_LINK.test(words));
}

/** Whether a text adds to the stored one: that was unknown, or it was a shortened form of this one. */
export function addsText(stored: string | null, given: string | null): boolean {
  if (given === null || isNotice(given)) return false;
  if (stored === null || isNotice(stored)) return true;
  const beginning = withoutEllipsis(stored);
  const isCut = beginning !== stored && beginning !== '';
  return isCut && given.startsWith(beginning) && withoutEllipsis(given).length > beginning.length;
}

function withoutEllipsis(text: string): string {
  for (const ellipsis of ['…', '...']) {
    if (text.endsWith(ellipsis)) return text.slice(0, -ellipsis.length).trimEnd();
  }
  return text;
}
