/** `2026-01-01 14:05 UTC` */
export const timeText = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
export const spanOf = (ms: number) => (ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`)
export const percent = (share: number) => `${Math.round(share * 100)} %`
