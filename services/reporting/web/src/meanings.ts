/** What the page's words mean, for who reads a number and asks of what; beside the word, and as a list. */

import { spoken, type Language, type Word } from "./words";

const KOREAN: Partial<Record<Word, string>> = {
  targeted: "지원 대상으로 판정되고 폐업하지 않은 사업장. 이미 방문한 곳은 폐업해도 셉니다.",
  scheduled: "앞으로의 방문 날짜가 있거나 한 번 이상 방문한 사업장. 계획된 뒤 폐업한 곳도 방문이 취소될 때까지 셉니다.",
  visited_once: "완료한 방문이 한 번 이상인 사업장. 두 번 방문한 곳도 들어 있습니다. 불발과 취소는 세지 않습니다.",
  visited_twice: "완료한 방문이 두 번 이상인 사업장.",
  share: "필요한 횟수의 방문을 마친 사업장을, 전국은 사업의 목표로, 지역과 업종은 그 안의 지원 대상으로 나눈 값. 목표보다 많이 방문하면 100%를 넘습니다.",
  missed: "찾아갔으나 이루어지지 못한 방문. 날짜를 다시 잡으면 예정으로 셉니다.",
};

const ENGLISH: typeof KOREAN = {
  targeted: "Worksites found eligible and not closed. Those visited already count even if they closed.",
  scheduled: "Worksites with a visit to come or made. One that closed counts until its visit is cancelled.",
  visited_once: "Worksites with one completed visit or more; those visited twice are among them. Missed and cancelled visits do not count.",
  visited_twice: "Worksites with two completed visits or more.",
  share: "Worksites that have had all their visits: of the programme's target for the nation, of those targeted in it for a province or a sector. It exceeds 100% where more were visited than the target asks.",
  missed: "Visits that were attempted and not made. Once booked again they are to come.",
};

const ALIKE: Partial<Record<Word, Word>> = {
  scheduled_short: "scheduled", once_short: "visited_once", twice_short: "visited_twice", share_short: "share", twice: "visited_twice",
};
const MEANINGS: Record<Language, typeof KOREAN> = { ko: KOREAN, en: ENGLISH };

export const meaning = (word: Word): string => MEANINGS[spoken()][ALIKE[word] ?? word] ?? "";

export const meanings = (): [Word, string][] => Object.entries(MEANINGS[spoken()]) as [Word, string][];
