/** Everything the page says, in Korean and English, and how it writes numbers and times. */

export type Language = "ko" | "en";
type Values = Record<string, string | number>;

const KOREAN = {
  skip: "본문 바로가기",
  language: "언어 선택",
  theme: "밝게 · 어둡게",
  choose_programme: "사업 연도 선택",
  heading: "소규모 사업장 안전보건 기술지원 진행 상황",
  year: "{year}년 사업 · {from} – {until}",
  synthetic_title: "합성 자료",
  synthetic_text: "이 화면의 사업장과 방문은 모두 컴퓨터로 만든 가상의 자료이며, 실제 사업장이 아닙니다.",
  partly_synthetic_text: "사업장 {all}곳 가운데 {real}곳은 제공된 명단의 사업장이고 나머지 {made_up}곳은 가상입니다. 기관, 관리자와 방문은 모두 컴퓨터로 만든 가상의 자료이며, 실제로 방문한 것이 아닙니다.",
  loading: "자료를 불러오고 있습니다",
  live: "실시간 갱신 중",
  polling: "몇 초마다 갱신 중",
  lost: "연결이 끊겨 다시 잇고 있습니다",
  newest: "최근 사실 {time}",
  catching_up: "사실 {unheard}건 반영 중",
  error: "{time} 이후 서버에 닿지 않아 그때까지 받은 자료를 보여 드립니다. 연결되면 저절로 갱신됩니다.",
  cut_off: "새로운 사실을 받지 못하고 있습니다. {time} 이후의 일은 이 수치에 들어 있지 않을 수 있습니다.",
  cut_off_first: "새로운 사실을 받지 못하고 있어 아직 보여 드릴 수치가 없습니다.",
  error_first: "자료를 받지 못했습니다. 서버가 켜져 있는지 확인해 주십시오. 잠시 뒤 저절로 다시 시도합니다.",
  error_unknown: "이 사업은 알려져 있지 않습니다. 주소를 확인해 주십시오.",
  awaited_heading: "아직 방문 자료가 없습니다",
  awaited_text: "아래 순서로 소식이 도착하면 이 화면이 저절로 채워집니다.",
  stage_programme: "사업 개설",
  stage_agencies: "민간기관 신청과 자격 심사",
  stage_managers: "안전보건관리자 직무교육",
  stage_enterprises: "사업장 등록",
  stage_decisions: "지원 대상 판정",
  stage_plan: "방문 계획 공표",
  stage_visits: "첫 방문 결과",
  arrived: "도착",
  awaiting: "기다리는 중",
  share: "목표 달성률",
  share_of: "사업 목표 {target}곳 · {visits}회 이상 방문한 사업장 {reached}곳",
  steps: "등록에서 방문까지",
  registered: "등록 사업장",
  targeted: "지원 대상",
  scheduled: "방문 계획 있음",
  visited_once: "1회 이상 방문",
  visited_twice: "2회 이상 방문",
  numbers: "주요 수치",
  twice: "2회 방문을 마친 사업장",
  twice_note: "지원 대상의 {share}",
  visits: "완료한 방문",
  visits_note: "남은 방문 {waiting} · 불발 {missed}",
  hazards: "제거한 유해·위험요인",
  hazards_note: "발견 {found}건의 {share}",
  waiting_risk: "방문을 기다리는 고위험 사업장",
  waiting_risk_note: "고위험 {all}곳 중 · 방문 뒤에도 고위험 {left}곳",
  weeks: "주별 방문과 누적 달성률",
  weeks_hint: "막대는 한 주의 방문 수, 선은 사업 목표에 대한 누적 비율입니다.",
  week: "주",
  begins_on: "시작일",
  completed: "완료",
  planned: "예정",
  missed: "불발",
  line_once: "1회 이상 (누적)",
  line_enough: "{visits}회 이상 (누적)",
  target: "목표",
  as_table: "표로 보기",
  meanings: "이 화면의 용어",
  provinces: "지역별 달성률",
  provinces_hint: "지역 안 지원 대상 가운데 필요한 횟수의 방문을 마친 사업장의 비율입니다.",
  province: "지역",
  share_short: "달성률",
  once_short: "1회+",
  twice_short: "2회+",
  scheduled_short: "계획",
  sectors: "업종별 달성률",
  sectors_hint: "앞 막대는 필요한 횟수를 마친 사업장, 뒤 막대는 한 번 이상 방문한 사업장입니다.",
  manufacturing: "제조업",
  construction: "건설업",
  service: "서비스업",
  unknown: "미확인",
  people: "기관과 사람",
  people_hint: "자격을 얻은 기관의 교육받은 관리자만 방문합니다.",
  applied: "신청 기관",
  qualified: "자격을 얻은 기관",
  rejected: "탈락 기관",
  suspended: "업무정지 중인 기관",
  managers: "교육을 마친 관리자",
  departed: "퇴직한 관리자",
  closed: "폐업 사업장",
  ineligible: "비대상 판정",
  csv: "지역 × 업종 표 내려받기 (CSV)",
  footer: "모든 수치는 서비스들이 알린 사실에서만 계산됩니다. 기관·사람·사업장의 이름이나 번호는 담지 않습니다. 시각은 한국 표준시입니다.",
};

const ENGLISH: typeof KOREAN = {
  skip: "Skip to content",
  language: "Language",
  theme: "Light or dark",
  choose_programme: "Programme year",
  heading: "Safety and health support for small enterprises: progress",
  year: "Programme {year} · {from} – {until}",
  synthetic_title: "Synthetic data",
  synthetic_text: "All worksites and visits on this page are made up by a computer; none of them is real.",
  partly_synthetic_text: "Of the {all} worksites, {real} are from a list that was handed in and {made_up} are made up. All agencies, managers and visits are made up by a computer; nobody was really visited.",
  loading: "Loading",
  live: "Updating live",
  polling: "Updating every few seconds",
  lost: "Connection lost, trying again",
  newest: "newest fact {time}",
  catching_up: "{unheard} facts yet to be counted",
  error: "The server has not been reached since {time}; these are the figures received until then. They update by themselves once it is back.",
  cut_off: "No new facts are coming in. What happened after {time} may be missing from these figures.",
  cut_off_first: "No facts are coming in, so there are no figures yet.",
  error_first: "No figures could be loaded. Please check that the server is running; this page tries again by itself.",
  error_unknown: "This programme is not known. Please check the address.",
  awaited_heading: "No visits have been reported yet",
  awaited_text: "This page fills by itself as news arrives, in this order.",
  stage_programme: "Programme opened",
  stage_agencies: "Agencies apply and are inspected",
  stage_managers: "Managers complete their training",
  stage_enterprises: "Enterprises registered",
  stage_decisions: "Eligibility decided",
  stage_plan: "Visit plan published",
  stage_visits: "First visits reported",
  arrived: "arrived",
  awaiting: "awaited",
  share: "Share of the target",
  share_of: "{reached} worksites visited {visits} times or more · programme target {target}",
  steps: "From register to visit",
  registered: "Registered",
  targeted: "Targeted",
  scheduled: "Scheduled",
  visited_once: "Visited once or more",
  visited_twice: "Visited twice or more",
  numbers: "Key figures",
  twice: "Worksites visited twice",
  twice_note: "{share} of those targeted",
  visits: "Visits made",
  visits_note: "{waiting} to come · {missed} missed",
  hazards: "Hazards removed",
  hazards_note: "{share} of {found} found",
  waiting_risk: "High-risk worksites waiting",
  waiting_risk_note: "of {all} at high risk · {left} still high after a visit",
  weeks: "Visits by week and cumulative share",
  weeks_hint: "Bars are visits in a week; lines are cumulative shares of the programme's target.",
  week: "Week",
  begins_on: "Begins",
  completed: "Made",
  planned: "To come",
  missed: "Missed",
  line_once: "Once or more (cumulative)",
  line_enough: "{visits} times or more (cumulative)",
  target: "Target",
  as_table: "Show as a table",
  meanings: "What the words mean",
  provinces: "Share by province",
  provinces_hint: "Worksites that have had all their visits, of those targeted in the province.",
  province: "Province",
  share_short: "Share",
  once_short: "Once+",
  twice_short: "Twice+",
  scheduled_short: "Scheduled",
  sectors: "Share by sector",
  sectors_hint: "Bar in front: all visits made. Bar behind: visited at least once.",
  manufacturing: "Manufacturing",
  construction: "Construction",
  service: "Service",
  unknown: "Not known yet",
  people: "Agencies and people",
  people_hint: "Only trained managers of qualified agencies make visits.",
  applied: "Agencies applied",
  qualified: "Agencies qualified",
  rejected: "Agencies rejected",
  suspended: "Agencies suspended",
  managers: "Managers trained",
  departed: "Managers who left",
  closed: "Enterprises closed",
  ineligible: "Found ineligible",
  csv: "Download provinces × sectors (CSV)",
  footer: "All figures are counted from the facts that the services announce, and nothing else. They name no agency, person or enterprise. Times are Korea Standard Time.",
};

export type Word = keyof typeof KOREAN;
const WORDS: Record<Language, typeof KOREAN> = { ko: KOREAN, en: ENGLISH };
const REMEMBERED = "anjeon.language";

let language: Language = (() => {
  const asked = new URLSearchParams(location.search).get("lang") ?? remembered(REMEMBERED);
  if (asked === "ko" || asked === "en") return asked;
  return navigator.language.startsWith("ko") || !navigator.language ? "ko" : "en";
})();

export const spoken = (): Language => language;

export function speak(chosen: Language): void {
  language = chosen;
  remember(REMEMBERED, chosen);
}

export function say(word: Word, values: Values = {}): string {
  return WORDS[language][word].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? "";
    return typeof value === "number" ? count(value) : value;
  });
}

export const count = (value: number): string => value.toLocaleString(language);

export function percent(share: number | null, digits = 1): string {
  if (share === null || !Number.isFinite(share)) return "–";
  return share.toLocaleString(language, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const SEOUL = "Asia/Seoul";

export const instant = (at: string | number): string =>
  new Date(at).toLocaleString(language === "ko" ? "ko-KR" : "en-GB", { timeZone: SEOUL, dateStyle: "medium", timeStyle: "medium" });

export const day = (on: string): string =>
  new Date(`${on}T00:00:00Z`).toLocaleDateString(language === "ko" ? "ko-KR" : "en-GB", { timeZone: "UTC", dateStyle: "medium" });

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing shows the page all the same.
  }
}

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
