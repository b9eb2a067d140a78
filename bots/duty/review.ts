export type DecisionKind = 'ask' | 'mute' | 'fix' | 'wrong' | 'later'
export interface Digest {
  week: string
}
