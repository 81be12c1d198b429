/** Container names as a lane has room for them. */

/** Without what Compose puts around the service: `shop_web_1` and `shop-web-1` of the project `shop` are `web`; `web_2` keeps its number. */
export function shortContainerName(name: string, project: string | null): string {
  const separator = project !== null && name.startsWith(project) ? name[project.length] : undefined;
  if (project === null || (separator !== '_' && separator !== '-')) return name;
  const service = name.slice(project.length + 1);
  const plain = service.replace(/[_-]1$/, '');
  return plain === '' ? name : plain;
}
