import { type Bench, median } from './report.ts'
import { bare, coldStart, ours, pm2, rounds } from './victim.ts'

export const restart: Bench = {
  name: 'restart',
  summary: 'kill -9 of a process -> first good answer of its successor, ms',
  async run({ runs = 12, progress }) {
    const floor: number[] = []
    for (let run = 0; run < runs; run++) floor.push(await coldStart())
    const peer = await pm2()
    const supervisors = [await ours(), await bare(), ...(peer ? [peer] : [])]
    try {
      const times = await rounds(supervisors, 'SIGKILL', runs, progress)
      const of = (name: string) => median(times.get(name) ?? [])
      return {
        figures: { medianMs: of('jidoka'), worstMs: Math.max(...(times.get('jidoka') ?? [])) },
        ratios: {
          toBareParent: of('jidoka') / of('bareParent'),
          toColdStart: of('jidoka') / median(floor),
          ...(peer ? { toPm2: of('jidoka') / of('pm2') } : {}),
        },
        peers: { coldStartMs: median(floor), bareParentMs: of('bareParent'), ...(peer ? { pm2Ms: of('pm2') } : {}) },
        absent: peer ? [] : ['pm2 (npm install --no-save pm2)'],
        targets: { toBareParent: 1.05, ...(peer ? { toPm2: 1 } : {}) },
      }
    } finally {
      for (const supervisor of supervisors) await supervisor.stop()
    }
  },
}
