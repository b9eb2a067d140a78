import type { Component, Config } from './schema.ts'

export type RunbookModeName = 'automatic' | 'approval' | 'shadow'

/** How free a runbook is on a component: what the component says, else what the top level says. The one place that decides it. */
export const modeOf = (config: Config, component: Pick<Component, 'guards'> | undefined, runbook: string): RunbookModeName =>
  own(component?.guards.modes, runbook) ?? own(config.guards.modes, runbook) ?? 'automatic'

/** A runbook may be called like something that every object has. */
const own = (modes: Readonly<Record<string, RunbookModeName>> | undefined, runbook: string) =>
  modes && Object.hasOwn(modes, runbook) ? modes[runbook] : undefined
