/** Error rate per tenant: failed requests / all requests of each, and the tenant that is hit worst. */
import { extremesOf, type NamedRatio, type Ratio, ratiosOf } from './ratios.ts';

/** Failed / all of each tenant, 0 … 1; undefined for a tenant without a request. */
export function errorRatePerTenant(byTenant: ReadonlyMap<string, Ratio>): NamedRatio[] {
  return ratiosOf(byTenant);
}

/** The tenant with the greatest error rate. Undefined without tenants, or where one of them sent nothing: whether it would fail nobody knows. */
export function worstTenant(byTenant: ReadonlyMap<string, Ratio>): NamedRatio | undefined {
  return extremesOf(byTenant)?.greatest;
}
