//! What a Dockerfile in another file stands on, as far as a manifest's rules ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Base, Bodies, ImageReference, Model, Surroundings};
use crate::dockerfile;
use crate::manifest::Build;
use crate::source::Source;

/// The images that a Dockerfile uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bases {
    /// Those of FROM, COPY --from and RUN --mount, each once; a variable that the file does not tell has none.
    pub images: Vec<ImageReference>,
    /// Whether a stage is built on nothing.
    pub uses_scratch: bool,
    /// Whether the image itself is built on nothing.
    pub is_scratch: bool,
    /// Whether it is not known of some what they are.
    pub has_unknown: bool,
}

/// What Dockerfiles stand on, by repository and path, each read once for all rules of a manifest.
#[derive(Debug, Clone, Default)]
pub struct KnownBases(Arc<Mutex<HashMap<DockerfileKey, Option<Arc<Bases>>>>>);

/// A repository and a path in it.
type DockerfileKey = (String, String);

impl Surroundings {
    /// What the Dockerfile of a build stands on; none where it is not at hand.
    pub fn bases(&self, build: &Build) -> Option<Arc<Bases>> {
        let key = (build.repository.clone(), build.dockerfile.clone());
        let mut known = self.known_bases.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(key).or_insert_with(|| self.read_bases(build).map(Arc::new)).clone()
    }

    fn read_bases(&self, build: &Build) -> Option<Bases> {
        let text = self.repositories.get(&build.repository)?.read(&build.dockerfile)?;
        let source = Source::new(text).ok().filter(|source| source.no_text().is_none())?;
        let file = dockerfile::parse(&source);
        let bodies = Bodies::of(&file);
        let model = Model::new(&source, &file, &bodies);
        let last = model.stages.last()?;
        let mut images: Vec<ImageReference> = Vec::new();
        for image_use in model.image_uses() {
            if let Base::Image(image) = &image_use.base
                && !images.contains(image)
            {
                images.push(image.clone());
            }
        }
        let is_scratch = |stage: usize| model.stages.get(stage).is_some_and(|stage| stage.base == Base::Scratch);
        Some(Bases {
            images,
            uses_scratch: (0..model.stages.len()).any(is_scratch),
            is_scratch: model.stages_below(last.index).any(|stage| stage.base == Base::Scratch),
            has_unknown: model.image_uses().iter().any(|image_use| image_use.base == Base::Unknown),
        })
    }
}
