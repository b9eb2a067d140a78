import type { Journal } from '../../core/journal/journal.ts'

/** Transactions of a run: before and after each of them everything may break. */
const trapped = ['order', 'decide', 'claim', 'intend', 'outcome', 'finish', 'adoptRole'] as const

/** A place at which a controller stands still until it is let go: `intend promote before`. */
export type Halt = (place: string) => Promise<void>

/** The same journal, with a halt before and after each transaction of a run. */
export function trapJournal(journal: Journal, halt: Halt): Journal {
  const wrapped = Object.fromEntries(
    trapped.map((name) => {
      const call = journal[name].bind(journal) as (...args: unknown[]) => Promise<unknown>
      return [
        name,
        async (...args: unknown[]) => {
          const about = aboutOf(name, args)
          await halt(`${about} before`)
          const answer = await call(...args)
          await halt(`${about} after`)
          return answer
        },
      ]
    }),
  )
  return { ...journal, ...wrapped }
}

function aboutOf(name: string, args: readonly unknown[]): string {
  const planned = name === 'intend' ? (args[1] as { planned?: { action?: string } } | undefined)?.planned : undefined
  return planned?.action === undefined ? name : `${name} ${planned.action}`
}
