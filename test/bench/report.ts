import { cpus, totalmem } from 'node:os'

/** What one benchmark found. A ratio below 1 is better than what it is held against. */
export interface BenchReport {
  name: string
  machine: { node: string; cores: number; cpu: string; memoryGiB: number }
  figures: Record<string, number>
  ratios: Record<string, number>
  peers: Record<string, number>
  /** Peers that are not installed here, each with how to get it. */
  absent: string[]
  targets: Record<string, { limit: number; met: boolean }>
}

export type BenchResult = Omit<BenchReport, 'name' | 'machine' | 'targets'> & { targets: Record<string, number> }

export interface Bench {
  name: string
  summary: string
  run(options: { runs?: number; progress(text: string): void }): Promise<BenchResult>
}

/** Targets name a figure or a ratio; `-name` means that more is better. */
export function reportOf(name: string, result: BenchResult): BenchReport {
  const { figures, ratios } = result
  const targets = Object.entries(result.targets).map(([key, limit]) => {
    const more = key.startsWith('-')
    const plain = more ? key.slice(1) : key
    const value = ratios[plain] ?? figures[plain] ?? Number.NaN
    return [plain, { limit, met: more ? value >= limit : value <= limit }] as const
  })
  const [cpu] = cpus()
  return {
    name,
    machine: {
      node: process.version,
      cores: cpus().length,
      cpu: cpu?.model.trim() ?? 'unknown',
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
    figures: rounded(figures),
    ratios: rounded(ratios),
    peers: rounded(result.peers),
    absent: result.absent,
    targets: Object.fromEntries(targets),
  }
}

const rounded = (values: Record<string, number>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Number(value.toPrecision(4))]))

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length === 0
    ? Number.NaN
    : sorted.length % 2
      ? (sorted[middle] as number)
      : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? Number.NaN

export function tableOf(report: BenchReport): string {
  const rows = (title: string, values: Record<string, number>) =>
    Object.keys(values).length === 0 ? [] : [title, ...Object.entries(values).map(([key, value]) => `  ${key.padEnd(36)} ${value}`)]
  return [
    `${report.name}  (${report.machine.cores} cores, ${report.machine.cpu}, Node ${report.machine.node})`,
    ...rows('ours', report.figures),
    ...rows('peers', report.peers),
    ...rows('ratios (below 1: better than what it is held against)', report.ratios),
    ...report.absent.map((peer) => `  absent: ${peer}`),
    ...Object.entries(report.targets).map(([key, { limit, met }]) => `  ${met ? 'met   ' : 'MISSED'} ${key}, target ${limit}`),
  ].join('\n')
}
