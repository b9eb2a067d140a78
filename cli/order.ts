import { setTimeout as pause } from 'node:timers/promises'
import type { ApiOptions, Cli, ExitCode } from './define.ts'
import { brief, stepLine } from './render.ts'
import type { RunView } from './views.ts'

interface OrderOptions extends ApiOptions {
  json?: boolean
  dryRun?: boolean
  member?: string
  reason?: string
  wait?: boolean
}

interface Plan {
  runbook: string
  reason: string
  steps: { name: string; kind: string; timeoutMs: number }[]
}

const liveStatuses = ['queued', 'running', 'waiting']
const lookEveryMs = 100

/** Orders a run and shows its steps as they happen, until it has ended. 1: it did not do what it was to do. */
export async function followOrder(cli: Cli, options: OrderOptions, path: string, body: object = {}): Promise<ExitCode> {
  const api = await cli.api(options)
  const { member, reason, dryRun } = options
  const answer = await api.send<RunView | Plan>('POST', path, { ...body, member, reason, dryRun })
  if (!('id' in answer)) {
    if (options.json) cli.json(answer)
    else {
      cli.out(`Dry run of ${answer.runbook} (${answer.reason}); nothing was touched:`)
      for (const [at, step] of answer.steps.entries())
        cli.out(`  ${at + 1}. ${step.name.padEnd(28)} ${step.kind}, at most ${step.timeoutMs / 1000} s`)
    }
    return 0
  }
  let run = answer
  const told = new Set<string>()
  if (!options.json) cli.out(`${run.runbook} on ${run.component} (${run.id})`)
  while (options.wait !== false && liveStatuses.includes(run.status) && !cli.interrupted.aborted) {
    await pause(lookEveryMs)
    run = await api.get<RunView>(`/v1/runs/${run.id}`)
    for (const step of options.json ? [] : run.steps) {
      const key = `${step.seq}/${step.attempt}/${step.status}`
      if (step.endedAt && !told.has(key)) cli.out(`  ${stepLine(step)}`)
      told.add(key)
    }
  }
  if (options.json) cli.json(run)
  else cli.out(`${run.status}: ${brief(run.reason)}`)
  return run.status === 'done' || options.wait === false ? 0 : 1
}
