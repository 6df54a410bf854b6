/** The progress document, as `GET /api/progress` gives it. */

export interface Programme {
  programme_id: string;
  year: number;
  window_from: string;
  window_until: string;
  target_enterprises: number;
  minimum_visits: number;
  is_synthetic: boolean;
}

export interface Figures {
  registered: number;
  synthetic: number;
  closed: number;
  eligible: number;
  ineligible: number;
  targeted: number;
  scheduled: number;
  visited_once: number;
  visited_twice: number;
  reached: number;
  visits_waiting: number;
  visits_completed: number;
  visits_missed: number;
  visits_cancelled: number;
  hazards_found: number;
  hazards_removed: number;
  high_risk: number;
  high_risk_waiting: number;
  high_risk_left: number;
}

export interface Part {
  code: string | null;
  figures: Figures;
  share: number | null;
}

export interface Week {
  week: string;
  begins_on: string;
  waiting: number;
  completed: number;
  missed: number;
  share_visited_once: number;
  share: number;
}

export interface Progress {
  programme: Programme | null;
  newest_fact_at: string | null;
  nation: Figures;
  share: number | null;
  agencies: { applied: number; qualified: number; rejected: number; suspended: number };
  managers_trained: number;
  managers_left: number;
  plan: { published_on: string; enterprises: number; visits: number; unscheduled: number } | null;
  provinces: Part[];
  sectors: Part[];
  weeks: Week[];
}
