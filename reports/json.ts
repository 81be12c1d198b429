/** `report.json`: the report itself, and the JSON Schema that is published for it. */
import { z } from 'zod';
import { type Report, reportSchema } from './report.ts';

/** The report as JSON text. Checked on the way out, so that nothing leaves that the published schema does not allow; throws ZodError. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(reportSchema.parse(report), null, 2)}\n`;
}

/** The text of reports/report.schema.json. */
export function renderReportSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(reportSchema), null, 2)}\n`;
}
