import { defineDrill } from './define.ts'

export const practice = defineDrill('practice', {
  title: 'Practice for real people',
  summary: 'A room, a call for a lead and lanes as in earnest; everything that follows is done by those who are there.',
  cast: 'people',
  text: 'Drill: everybody who reads this, please act as if sessions in Tokyo dropped',
  acts: [],
})
