/** The provinces' outlines; build.py makes them of the same boundaries that the services use. */
declare module "anjeon-provinces" {
  const outlines: {
    type: "FeatureCollection";
    features: { id: string; properties: { code: string; name: string; name_en: string }; geometry: unknown }[];
  };
  export default outlines;
}

declare module "*.css";
