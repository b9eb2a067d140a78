import type { Journal } from '../../core/journal/journal.ts'

/** Notes every intent that has been committed, and tells how things go on. */
export function watchJournal(journal: Journal, intended: Set<string>, tell: (text: string) => void, onEnd: () => void): Journal {
  return Object.assign(Object.create(journal), {
    async intend(...args: Parameters<Journal['intend']>) {
      await journal.intend(...args)
      intended.add(args[1].key)
    },
    async decide(...args: Parameters<Journal['decide']>) {
      const made = await journal.decide(...args)
      const { decision } = made
      for (const { runbook, code, reason } of decision.do === 'run' ? decision.refusals : [])
        tell(`${args[0]} refuses ${runbook}: ${code}, ${reason}`)
      return made
    },
    async order(...args: Parameters<Journal['order']>) {
      const made = await journal.order(...args)
      if ('refuse' in made) tell(`no order for ${args[0]}: ${made.refuse}`)
      return made
    },
    async finish(...args: Parameters<Journal['finish']>) {
      await journal.finish(...args)
      onEnd()
      tell(`run ${args[1]} is ${args[2].status}: ${args[2].reason}`)
    },
    async ingest(...args: Parameters<Journal['ingest']>) {
      const results = await journal.ingest(...args)
      for (const { key, result } of results) if (result !== 'repeated' && result !== 'ignored') tell(`alert ${key}: ${result}`)
      return results
    },
  })
}
