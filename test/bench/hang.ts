import { type Bench, median } from './report.ts'
import { bare, ours, rounds } from './victim.ts'

const probeMs = 100

export const hang: Bench = {
  name: 'hang',
  summary: 'kill -STOP of a process -> first good answer of its successor, ms; probes every 100 ms, 200 ms time-out, 3 misses',
  async run({ runs = 10, progress }) {
    const supervisors = [await ours(probeMs), await bare(probeMs)]
    try {
      const times = await rounds(supervisors, 'SIGSTOP', runs, progress)
      const of = (name: string) => median(times.get(name) ?? [])
      const missed = (times.get('jidoka') ?? []).filter(Number.isNaN).length
      return {
        figures: { medianMs: of('jidoka'), worstMs: Math.max(...(times.get('jidoka') ?? [])), hangsMissed: missed },
        ratios: { toBareProber: of('jidoka') / of('bareProber') },
        peers: { bareProberMs: of('bareProber') },
        absent: ['monit, supervisord (Debian packages; `shared/bench/baselines/process-restart.sh stop` runs them)'],
        targets: { toBareProber: 1.1, hangsMissed: 0 },
      }
    } finally {
      for (const supervisor of supervisors) await supervisor.stop()
    }
  },
}
