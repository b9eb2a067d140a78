import { configSchema } from '../../core/catalog/schema.ts'
import type { Guardian } from '../../guardians/define.ts'
import { guardians } from '../../guardians/registry.ts'
import type { AnyAction } from '../../remediation/actions/define.ts'
import { actions } from '../../remediation/actions/registry.ts'
import type { Facts, Fix, Runbook, RunbookStep } from '../../remediation/runbook.ts'
import { runbooks } from '../../runbooks/registry.ts'

const actionUnits: readonly AnyAction[] = actions

const runbooksIntro = `# Runbooks

What is done about which failure. A component names its runbooks in its \`ladder\`; they are tried in that order, each only if it
answers the failure and all it requires is true, and \`page\` is always the last rung. A rung that is not taken is recorded with
its reason. To write one, see CONTRIBUTING.md.

Some mend what guardians found, in AWS: they are begun by the approval of a finding, never by a ladder, and run by the same journal
and engine. Before anything is approved they look, and say what they would do; what was there before is written down with the plan.
The policy of the guardians ([guardians-policy.json](guardians-policy.json)) only reads: what a fix needs is given on purpose, to a role
that only approved fixes take on (\`fixRoleArn\` of an account in \`guardians.accounts\`); without one, to the credentials of the controller,
for their own account.

The steps shown are those for a pair where \`one\` is the active member and \`two\` its standby.
`

/** docs/runbooks.md, from the registry: the steps are planned, not described. */
export const runbooksPage = () => [runbooksIntro, ...(runbooks as readonly Runbook[]).map(runbookText)].join('\n')

function runbookText(runbook: Runbook): string {
  if (runbook.fix) return fixText(runbook, runbook.fix)
  return [
    `## ${runbook.id}`,
    '',
    `${runbook.title}.`,
    '',
    `- Answers: ${list(runbook.answers)}`,
    `- Requires: ${runbook.requires.length === 0 ? 'nothing' : list(runbook.requires)}`,
    `- Cool-down after a verified recovery: ${runbook.cooldownMs === 0 ? 'none' : duration(runbook.cooldownMs)}`,
    '',
    ...examples(runbook).flatMap(({ when, steps }) => [
      `When ${when}:`,
      '',
      ...steps.map((step, index) => `${index + 1}. ${stepText(step)}`),
      '',
    ]),
  ].join('\n')
}

/** One that mends findings is begun by their approval; what it does is planned from what it then sees. */
function fixText({ id, title }: Runbook, { actions: used, undoes }: Fix): string {
  const checks = (guardians as readonly Guardian[]).flatMap(({ checks }) => checks).filter(({ runbook }) => runbook === id)
  const needs = actionUnits.filter((action) => used.includes(action.id)).flatMap(({ permissions = [] }) => permissions)
  return [
    `## ${id}`,
    '',
    `${title}.`,
    '',
    `- Mends findings of: ${checks.map((check) => `[\`${check.id}\`](guardians.md#${check.number}-${check.id})`).join(', ') || 'no check of ours'}`,
    `- Begun by: the approval of a finding (\`jidoka finding fix ID\`; \`--dry-run\` only tells what it would do)`,
    `- Undo (\`--undo\`): ${undoes}`,
    `- IAM actions that its role (\`fixRoleArn\`) needs: ${list(needs)}`,
    '',
    'Of these steps, what is needed:',
    '',
    ...used.map((action, index) => `${index + 1}. [\`${action}\`](actions.md#${action})`),
    '',
  ].join('\n')
}

const [component] = configSchema.parse({
  components: [{ id: 'pair', topology: 'active-standby', members: [{ id: 'one' }, { id: 'two' }] }],
}).components
if (!component) throw new Error('the example component is missing')

const situations: { when: string; facts: Facts }[] = (
  [
    { when: '`one`, the active member, is broken', active: 'one', standby: 'two', targets: ['one'] },
    { when: '`two`, the standby, is broken', active: 'one', standby: null, targets: ['two'] },
    { when: 'nobody is active', active: null, standby: 'two', targets: [] },
  ] as const
).map(({ when, ...facts }) => ({
  when,
  facts: { ...facts, targets: [...facts.targets], component, graceMs: 3_000, page: { dedupe: '…', incident: '…', payload: {} } },
}))

/** One example for each situation that the runbook answers differently, as the planner would ask it. */
function examples(runbook: Runbook): { when: string; steps: RunbookStep[] }[] {
  const shown = situations.filter(({ facts }) => fits(runbook, facts)).map(({ when, facts }) => ({ when, steps: runbook.steps(facts) }))
  const first = shown
    .filter(({ steps }) => steps.length > 0)
    .filter(({ steps }, index, all) => all.findIndex((other) => stepsText(other.steps) === stepsText(steps)) === index)
  return first.length === 1 && first[0] && shown.length === situations.length ? [{ ...first[0], when: 'it is reached' }] : first
}

/** A runbook that needs a standby is no example without one; one that mends members needs members to mend. */
function fits({ id, requires, answers }: Runbook, { active, standby, targets }: Facts): boolean {
  if (id === 'page') return true
  if (requires.includes('standby-healthy') && standby === null) return false
  if (requires.includes('active-elsewhere') && (active === null || targets.includes(active))) return false
  if (answers.includes('standby-unhealthy') && active !== null && targets.includes(active)) return false
  return id === 'appoint-active' ? active === null : targets.length > 0
}

const stepsText = (steps: RunbookStep[]) => steps.map(stepText).join()

function stepText({ action, args, mayFail, setsActive }: RunbookStep): string {
  const given = Object.entries(args).filter(([, value]) => value !== null && typeof value !== 'object' && value !== '…')
  const notes = [
    ...(setsActive === undefined ? [] : [setsActive === null ? 'after it, nobody is active' : `after it, \`${setsActive}\` is active`]),
    ...(mayFail ? ['may fail'] : []),
  ]
  return `[\`${action}\`](actions.md#${action})${given.map(([key, value]) => ` ${key} \`${value}\``).join(',')}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`
}

const kinds = {
  read: 'reads only; repeated after a crash',
  idempotent: 'may be repeated; after a crash it is sent again with the same key',
  'check-then-act': 'after a crash in the middle: wait for its deadline, ask whether it was done, act only if not',
  irreversible: 'never repeated; after a crash in the middle it is asked whether it was done, and when that is unclear a person decides',
}

const actionsIntro = `# Actions

What a step of a runbook can do. Every action is recorded as an intent before it acts, carries the generation of its component
(members refuse an older one) and a key (the target acts once per key).

| Kind | What it means |
|---|---|
${Object.entries(kinds)
  .map(([kind, meaning]) => `| \`${kind}\` | ${meaning} |`)
  .join('\n')}
`

/** docs/actions.md, from the registry. */
export function actionsPage(): string {
  const rows = actionUnits.map(({ id, title, kind, timeoutMs, attempts, permissions }) => {
    const tries = attempts === 1 ? 'one try' : `${attempts} tries`
    const needs = permissions ? `- IAM actions: ${list(permissions)}\n` : ''
    return `## ${id}\n\n${title}.\n\n- Kind: \`${kind}\`\n- Time limit: ${duration(timeoutMs)}, ${tries}\n- Used by: ${usersOf(id)}\n${needs}`
  })
  return [actionsIntro, ...rows].join('\n')
}

function usersOf(action: string): string {
  const users = (runbooks as readonly Runbook[]).filter(
    (runbook) =>
      runbook.fix?.actions.includes(action) || situations.some(({ facts }) => runbook.steps(facts).some((step) => step.action === action)),
  )
  return users.length === 0 ? 'no runbook of ours' : users.map(({ id }) => `[\`${id}\`](runbooks.md#${id})`).join(', ')
}

const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')

function duration(ms: number): string {
  if (ms % 60_000 === 0) return ms === 60_000 ? '1 minute' : `${ms / 60_000} minutes`
  return ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`
}
