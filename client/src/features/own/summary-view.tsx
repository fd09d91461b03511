import type { Summary } from '../../api/thinking-queries.ts';
import { count } from '../../ui/format.ts';
import { Fact } from '../../ui/fact.tsx';
import { messages } from '../../ui/messages.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { day, exactTime, minuteTime } from '../../ui/time.ts';
import { LongText } from '../bot/long-text.tsx';

const text = thinkingText.learning;

/** 21 Nov 12:41 */
const moment = (at: number): string => `${day(at)} ${minuteTime(at)}`;

/** From when to when, on the arena's clock; `—` where neither is known. */
export function spanOf(from: number | null, to: number | null): string {
  if (from === null && to === null) return messages.none;
  const [first, last] = [from ?? to, to ?? from];
  return `${first === null ? messages.none : moment(first)} – ${last === null ? messages.none : moment(last)}`;
}

/** What a summary is about, how long it is, and who made it why. */
export function SummaryFacts({ summary }: { summary: Summary }) {
  const { version, summarizedCount, summarizedFrom, summarizedTo } = summary;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2">
      <Fact label={text.version}>{count(version)}</Fact>
      <Fact label={text.covers}>{count(summarizedCount)}</Fact>
      <Fact label={text.span}>{spanOf(summarizedFrom, summarizedTo)}</Fact>
      <Fact label={text.tokens}>{count(summary.tokenCount)}</Fact>
      <Fact label={text.model}>{summary.model === '' ? messages.none : summary.model}</Fact>
      <Fact label={text.made}>
        <span title={exactTime(summary.generatedAt)}>{moment(summary.generatedAt)}</span>{' '}
        <span className="font-normal text-muted">{text.causes[summary.cause]}</span>
      </Fact>
    </dl>
  );
}

export function SummaryText({ summary }: { summary: Summary }) {
  return (
    <div className="mt-3">
      <LongText value={summary.summary} className="bg-bg font-sans text-sm" />
    </div>
  );
}
