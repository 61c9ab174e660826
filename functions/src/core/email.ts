import { domainToASCII } from 'node:url';
import { z } from 'zod';

const ATEXT = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
/** Dot-string of RFC 5321, lower case, at a host name of two labels or more; punycode is a label like any other. */
const ADDRESS = new RegExp(`^${ATEXT}(\\.${ATEXT})*@([a-z0-9][a-z0-9-]*\\.)+[a-z][a-z0-9-]*[a-z0-9]$`);

/**
 * Normalizes an address for comparison: lower case, with an internationalized domain as punycode (UTS #46). A local part
 * outside ASCII is not lower-cased, because some letters (the Kelvin sign) turn into ASCII. Text that is not an address is
 * returned unchanged.
 */
function normalised(text: string): string {
  // No address has another white space than the spaces around it.
  if (/[^\S ]/.test(text)) return text;
  const address = text.trim();
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (!isAscii(local)) return text;
  if (isAscii(domain)) return address.toLowerCase();
  // It would skip, decode or stop at some of the other ASCII characters.
  const isHostName = /^[a-z0-9.-]*$/i.test(domain.replace(/[^\0-\x7f]/g, ''));
  return isHostName ? `${local.toLowerCase()}@${domainToASCII(domain)}` : text;
}

const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text);

/** An e-mail address as it is compared, stored and answered. */
export const email = z
  .string()
  .overwrite(normalised)
  .max(254, { error: 'must be at most 254 characters', abort: true })
  .refine((text) => isAscii(text.replace(/@[^@]*$/, '')), {
    error: 'must have nothing but ASCII before the @',
    abort: true,
  })
  .refine((text) => ADDRESS.test(text), { error: 'must be an e-mail address', abort: true })
  .meta({
    description:
      'ASCII before the @; taken without spaces around it, in lower case, with an internationalised domain as punycode',
    format: 'email',
    examples: ['user@example.com'],
  });

/** The address of a new account, within the limits of RFC 5321 and of host names; older accounts may be beyond them. */
export const newEmail = email
  .refine((address) => address.lastIndexOf('@') <= 64, 'must have at most 64 characters before the @')
  .refine(
    (address) => /@([^.]{0,62}[^.-]\.)+[^.]{1,63}$/.test(address),
    'must have a domain of labels of at most 63 characters that do not end in a hyphen',
  );
