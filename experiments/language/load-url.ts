/** Which URLs load can be sent to. Data may stand after the host only, since connections are opened beforehand. */

/** What is wrong with it, if anything. Never quotes a password. */
export function urlProblem(text: string): { readonly message: string; readonly hint: string } | undefined {
  const [, unix, authority = ''] = /^https?(\+unix)?:\/\/([^/?#]+)/i.exec(text) ?? [];
  const host = `http://${authority}`;
  if (authority === '' || authority.includes('$') || (unix ? !/^%2f/i.test(authority) : !URL.canParse(host))) {
    return {
      message: `'${text.replace(/\/\/.*@/, '//…@')}' is not a URL that load can be sent to`,
      hint: 'write it like http://127.0.0.1:8080/path, with data after the host only',
    };
  }
  if (unix) return undefined;
  const url = new URL(host);
  if (url.username === '' && url.password === '') return undefined;
  return { message: `the URL to ${url.host} holds a user name`, hint: 'send it as a header: Authorization: Basic …' };
}
