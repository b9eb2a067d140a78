import type { ConfigInput } from '../../core/catalog/schema.ts'

/**
 * What `import … from 'jidoka'` gives to a `jidoka.config.ts`: the functions that make its own units, and their types. All of
 * them only check and infer; nothing runs on import. The server kit is `jidoka/kit`.
 */

/** Types the configuration where it is written. The configuration itself is checked when it is loaded. */
export const defineConfig = (config: ConfigInput): ConfigInput => config

// biome-ignore-start lint/performance/noBarrelFile: this is the face of the package; nobody inside imports it
export type { Config, ConfigInput } from '../../core/catalog/schema.ts'
export type { Clock } from '../../core/clock.ts'
export { type ErrorCode, fault } from '../../core/errors.ts'
export type { Failure } from '../../core/incidents/incident.ts'
export type { ActionKind, Json } from '../../core/runs/run.ts'
export type { Aws } from '../../guardians/aws/aws.ts'
export {
  type Check,
  defineCheck,
  defineDetail,
  defineGuardian,
  defineInventory,
  fail,
  type Guardian,
  type Inventory,
  pass,
  type Resource,
  type Sources,
  unknown,
  type Verdict,
} from '../../guardians/define.ts'
export { type Action, type ActionContext, defineAction } from '../../remediation/actions/define.ts'
export type { Requirement } from '../../remediation/requirements.ts'
export type { Facts, Runbook, RunbookStep } from '../../remediation/runbook.ts'
export { defineRunbook, ownStep, step } from '../../runbooks/define.ts'
// biome-ignore-end lint/performance/noBarrelFile: see above
